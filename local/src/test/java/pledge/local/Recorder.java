package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What handlers were given, by the machine they run on: one JVM may have several. */
final class Recorder {
  private static final ConcurrentHashMap<String, List<JsonNode>> SEEN = new ConcurrentHashMap<>();

  private Recorder() {}

  static void add(String machine, String kind, JsonNode what) {
    SEEN.computeIfAbsent(machine + kind, _ -> new CopyOnWriteArrayList<>()).add(what);
  }

  static List<JsonNode> seen(Machine machine, String kind) {
    return SEEN.getOrDefault(machine.aws() + kind, List.of());
  }
}
