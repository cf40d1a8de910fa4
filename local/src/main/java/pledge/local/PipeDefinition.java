package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * A pipe from a table's stream to queues; an empty {@code inputTemplate} passes the record on as it
 * is.
 */
record PipeDefinition(
    String id,
    String table,
    StreamSettings settings,
    List<Destination> destinations,
    String inputTemplate) {

  /**
   * A queue at the end of a pipe.
   *
   * @param rule of the event bus between them, which says what comes to this queue; empty where
   *     there is no bus, and all does
   */
  record Destination(String queue, Optional<EventPattern> rule) {
    /** Whether a message of the pipe comes here. */
    boolean takes(String message) {
      return rule.map(it -> it.matches(event(message))).orElse(true);
    }

    private static JsonNode event(String message) {
      return Json.object()
          .set("detail", Json.parse(message.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
  }
}
