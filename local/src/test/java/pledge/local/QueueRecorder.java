package pledge.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;

/** Writes down each message; a body with {@code poison} in it fails. */
public final class QueueRecorder implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private final String machine;

  /** As every handler has it. */
  public QueueRecorder(Map<String, String> settings, InstantSource clock) {
    machine = String.valueOf(settings.get("AWS_ENDPOINT_URL_DYNAMODB"));
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var failures = new ArrayList<SQSBatchResponse.BatchItemFailure>();
    for (var message : event.getRecords()) {
      Recorder.add(
          machine,
          "queue",
          Json.object()
              .put("body", message.getBody())
              .put("count", message.getAttributes().get("ApproximateReceiveCount"))
              .put("md5", message.getMd5OfBody())
              .put("source", message.getEventSourceArn()));
      if (message.getBody().contains("poison")) {
        failures.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }
}
