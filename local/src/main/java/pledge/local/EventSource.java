package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** What calls a function, as its {@code Events} in the template say. */
sealed interface EventSource {
  /**
   * A route of the HTTP API.
   *
   * @param iam whether its callers sign their requests
   */
  record Http(String method, String path, boolean iam) implements EventSource {}

  /** A table's stream. */
  record Stream(String table, StreamSettings settings) implements EventSource {}

  /** Messages of a queue. */
  record Queue(String queue, int batchSize, boolean reportsFailures) implements EventSource {}

  /** Time. {@code input} is missing where EventBridge sends its own event. */
  record Schedule(String name, ScheduleExpression expression, JsonNode input, Kind kind)
      implements EventSource {
    /** Which service keeps the time; their events differ. */
    enum Kind {
      EVENTS,
      SCHEDULER
    }
  }

  /** How long a function may take if its template says nothing. */
  Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);
}
