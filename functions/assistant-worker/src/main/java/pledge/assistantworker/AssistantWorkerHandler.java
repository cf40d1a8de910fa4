package pledge.assistantworker;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import io.avaje.json.JsonException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.assistant.Provisioning;
import pledge.processor.AssistantHost.RefusedException;
import pledge.vault.Attempt;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.Metrics;

/**
 * Makes people's assistants what their subscriptions entitle to, one a message: the places of their
 * rows in the list of open tasks, as the outbox put them into the queue. What cannot be done now
 * stays there.
 */
public final class AssistantWorkerHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(AssistantWorkerHandler.class);

  private final Provisioning provisioning;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public AssistantWorkerHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public AssistantWorkerHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private AssistantWorkerHandler(Environment environment) {
    provisioning = Wiring.of(environment).provisioning();
    clock = environment.clock();
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var failures = new ArrayList<BatchItemFailure>();
    for (var message : event.getRecords()) {
      var id = message.getMessageId();
      if (!Attempt.succeeds(LOG, id, () -> isDone(id, message.getBody()))) {
        failures.add(new BatchItemFailure(id));
      }
    }
    return new SQSBatchResponse(failures);
  }

  private boolean isDone(String message, String body) {
    try {
      advance(item(body));
      return true;
    } catch (RefusedException e) {
      LOG.error("message {}: {}", message, e.why());
      return false;
    }
  }

  private void advance(String item) {
    try {
      provisioning.advance(item);
    } finally {
      // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
      var stuck = provisioning.isStuck(item) ? 1 : 0;
      System.out.println(Metrics.overall().count("AssistantsStuck", stuck).line(clock.instant()));
    }
  }

  private static String item(String body) {
    try {
      if (Json.object(Json.MAPPER.fromJson(body)).get("item") instanceof String item) {
        return item;
      }
    } catch (JsonException e) {
      // Falls through: the parser's message repeats what it read.
    }
    throw new IllegalArgumentException("no message about an assistant");
  }
}
