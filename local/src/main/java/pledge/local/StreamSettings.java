package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a stream is read for one consumer.
 *
 * @param attempts how often a batch is tried, the first time included; {@link Integer#MAX_VALUE}
 *     for ever
 * @param bisects whether a batch that failed is halved before it is tried again
 * @param reportsFailures whether the consumer's answer names the record that failed
 * @param deadLetters the queue that hears of a batch given up, if any
 */
record StreamSettings(
    int batchSize,
    int attempts,
    boolean bisects,
    boolean reportsFailures,
    Optional<String> deadLetters,
    List<EventPattern> patterns,
    boolean fromStart) {

  /** From the properties of a function's {@code DynamoDB} event. */
  static StreamSettings ofEvent(JsonNode event) {
    return new StreamSettings(
        event.path("BatchSize").asInt(100),
        attempts(event),
        event.path("BisectBatchOnFunctionError").asBoolean(false),
        event.path("FunctionResponseTypes").toString().contains("ReportBatchItemFailures"),
        queue(event.path("DestinationConfig").path("OnFailure").path("Destination")),
        patterns(event.path("FilterCriteria")),
        fromStart(event));
  }

  /** From the {@code SourceParameters} of a pipe. */
  static StreamSettings ofPipe(JsonNode source) {
    var stream = source.path("DynamoDBStreamParameters");
    return new StreamSettings(
        stream.path("BatchSize").asInt(100),
        attempts(stream),
        stream.path("OnPartialBatchItemFailure").asText().equals("AUTOMATIC_BISECT"),
        false,
        queue(stream.path("DeadLetterConfig").path("Arn")),
        patterns(source.path("FilterCriteria")),
        fromStart(stream));
  }

  /** A consumer without patterns hears everything. */
  boolean wants(JsonNode record) {
    return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.matches(record));
  }

  private static int attempts(JsonNode settings) {
    var retries = settings.path("MaximumRetryAttempts").asInt(-1);
    return retries < 0 ? Integer.MAX_VALUE : retries + 1;
  }

  private static boolean fromStart(JsonNode settings) {
    return !settings.path("StartingPosition").asText().equals("LATEST");
  }

  private static Optional<String> queue(JsonNode arn) {
    return arn.isTextual() ? Optional.of(Names.logicalId(arn.asText())) : Optional.empty();
  }

  private static List<EventPattern> patterns(JsonNode criteria) {
    var patterns = new ArrayList<EventPattern>();
    criteria
        .path("Filters")
        .forEach(filter -> patterns.add(EventPattern.parse(filter.path("Pattern").asText())));
    return patterns;
  }
}
