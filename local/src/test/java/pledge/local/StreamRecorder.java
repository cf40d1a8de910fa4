package pledge.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes down each record; a key with {@code poison} in it fails. */
public final class StreamRecorder implements RequestHandler<DynamodbEvent, StreamsEventResponse> {
  private final String machine;

  /** As every handler has it. */
  public StreamRecorder(Map<String, String> settings, InstantSource clock) {
    machine = String.valueOf(settings.get("AWS_ENDPOINT_URL_DYNAMODB"));
  }

  @Override
  public StreamsEventResponse handleRequest(DynamodbEvent event, Context context) {
    var failures = new ArrayList<StreamsEventResponse.BatchItemFailure>();
    for (var record : event.getRecords()) {
      var key = Objects.requireNonNull(record.getDynamodb().getKeys().get("pk")).getS();
      JsonNode seen =
          Json.object()
              .put("name", record.getEventName())
              .put("key", key)
              .put("source", record.getEventSourceARN())
              .put(
                  "by",
                  record.getUserIdentity() == null
                      ? ""
                      : record.getUserIdentity().getPrincipalId());
      Recorder.add(machine, "stream", seen);
      if (key.contains("poison")) {
        failures.add(
            StreamsEventResponse.BatchItemFailure.builder()
                .withItemIdentifier(record.getDynamodb().getSequenceNumber())
                .build());
        break;
      }
    }
    return StreamsEventResponse.builder().withBatchItemFailures(List.copyOf(failures)).build();
  }
}
