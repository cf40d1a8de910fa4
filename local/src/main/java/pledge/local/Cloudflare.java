package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** What lies at the Cloudflare of this machine: scripts of one namespace, and D1 databases. */
public final class Cloudflare {
  private static final String SCRIPTS = "cloudflare-script";
  private static final String DATABASES = "cloudflare-database";
  private static final String ROWS = "rows";

  private final Store store;
  private final ServiceFaults faults = new ServiceFaults();
  private final SortedMap<String, JsonNode> scripts;
  private final SortedMap<String, JsonNode> databases;

  Cloudflare(Store store) {
    this.store = store;
    scripts = new TreeMap<>(store.all(SCRIPTS));
    databases = new TreeMap<>(store.all(DATABASES));
  }

  /** What may go wrong between functions and it. */
  public ServiceFaults faults() {
    return faults;
  }

  /** The names of all scripts. */
  public synchronized List<String> scripts() {
    return List.copyOf(scripts.keySet());
  }

  /** The names of all databases. */
  public synchronized List<String> databases() {
    return databases.values().stream().map(Cloudflare::name).sorted().toList();
  }

  /**
   * What a script is given, by name; secrets too, which the real one hands to nobody.
   *
   * @throws IllegalArgumentException if there is no such script
   */
  public Map<String, String> bindings(String script) {
    var bindings = new LinkedHashMap<String, String>();
    script(script)
        .orElseThrow(() -> new IllegalArgumentException("There is no script " + script + "."))
        .path("bindings")
        .forEach(
            binding ->
                bindings.put(
                    binding.path("name").asText(),
                    binding.path("type").asText().equals("d1")
                        ? binding.path("id").asText()
                        : binding.path("text").asText()));
    return bindings;
  }

  /** The module of a script, as it was put; empty where there is no such script. */
  public Optional<String> module(String script) {
    return script(script).map(found -> found.path("module").asText());
  }

  synchronized Optional<JsonNode> script(String name) {
    return Optional.ofNullable(scripts.get(name));
  }

  synchronized void put(String name, JsonNode script) {
    store.put(SCRIPTS, name, script);
    scripts.put(name, script);
  }

  synchronized void removeScript(String name) {
    store.remove(SCRIPTS, name);
    scripts.remove(name);
  }

  /** Databases whose names contain that, by id. */
  synchronized List<JsonNode> databases(String part) {
    return databases.values().stream()
        .filter(database -> name(database).contains(part))
        .<JsonNode>map(database -> ((ObjectNode) database.deepCopy()).without(ROWS))
        .toList();
  }

  synchronized Optional<JsonNode> database(String id) {
    return Optional.ofNullable(databases.get(id));
  }

  /** A new one; empty where one has that name. */
  synchronized Optional<JsonNode> create(String name, String createdAt) {
    if (databases.values().stream().anyMatch(database -> name(database).equals(name))) {
      return Optional.empty();
    }
    var id = UUID.randomUUID().toString();
    var database =
        Json.object()
            .put("uuid", id)
            .put("name", name)
            .put("created_at", createdAt)
            .put("version", "production");
    store.put(DATABASES, id, database);
    databases.put(id, database);
    return Optional.of(database);
  }

  synchronized void removeDatabase(String id) {
    store.remove(DATABASES, id);
    databases.remove(id);
  }

  /** What an assistant keeps in its database. */
  synchronized List<JsonNode> rows(String id) {
    var rows = new ArrayList<JsonNode>();
    database(id).ifPresent(database -> database.path(ROWS).forEach(rows::add));
    return rows;
  }

  synchronized void write(String id, List<JsonNode> rows) {
    database(id)
        .ifPresent(
            database -> {
              ObjectNode changed = database.deepCopy();
              ArrayNode all = changed.putArray(ROWS);
              rows.forEach(all::add);
              store.put(DATABASES, id, changed);
              databases.put(id, changed);
            });
  }

  private static String name(JsonNode database) {
    return database.path("name").asText();
  }
}
