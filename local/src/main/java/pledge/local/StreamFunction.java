package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A function that is fed from a stream. */
final class StreamFunction implements StreamTarget {
  private final FunctionRuntime function;
  private final StreamSettings settings;

  StreamFunction(FunctionRuntime function, StreamSettings settings) {
    this.function = function;
    this.settings = settings;
  }

  @Override
  public int deliver(List<JsonNode> records) throws FunctionFailure {
    var event = Json.object();
    event.set("Records", Json.array().addAll(records));
    var answer = function.invoke(Json.bytes(event));
    if (!settings.reportsFailures()) {
      return NONE_FAILED;
    }
    var failed = BatchFailures.read(answer);
    if (failed.isEmpty()) {
      return 0;
    }
    // With several named, everything from the first of them on is sent again.
    var first = NONE_FAILED;
    for (var sequenceNumber : failed.get()) {
      var index = index(records, sequenceNumber);
      if (index < 0) {
        return 0;
      }
      first = first < 0 ? index : Math.min(first, index);
    }
    return first;
  }

  private static int index(List<JsonNode> records, String sequenceNumber) {
    for (var i = 0; i < records.size(); i++) {
      if (records.get(i).path("dynamodb").path("SequenceNumber").asText().equals(sequenceNumber)) {
        return i;
      }
    }
    return -1;
  }
}
