package pledge.export;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Processor;
import pledge.vault.Attempt;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.Metrics;

/**
 * Makes the copies that people asked for, one a message: the place of its row in the list of open
 * requests, as the outbox put it into the queue. What cannot be done now stays there.
 */
public final class ExportHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(ExportHandler.class);

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public ExportHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public ExportHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private ExportHandler(Environment environment) {
    wiring = Wiring.of(environment);
    clock = environment.clock();
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var failures = new ArrayList<BatchItemFailure>();
    for (var message : event.getRecords()) {
      if (!Attempt.succeeds(LOG, message.getMessageId(), () -> advance(message.getBody()))) {
        failures.add(new BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }

  private boolean advance(String message) {
    var item = (String) Json.object(Json.MAPPER.fromJson(message)).getOrDefault("item", "");
    report(wiring.exports().advance(item));
    return true;
  }

  /** As it is: CloudWatch reads metrics from lines that are JSON and nothing else. */
  private void report(Set<Processor> stuck) {
    System.out.println(
        Metrics.overall().count("ExportProcessorsStuck", stuck.size()).line(clock.instant()));
  }
}
