package pledge.erasure;

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
import pledge.privacy.HoldEnd;
import pledge.privacy.RemoteCopy;
import pledge.store.Rests;
import pledge.vault.Attempt;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.Metrics;

/**
 * Goes on with erasures, with copies that processors are to delete, and notes that legal holds are
 * over, one a message: the places of their rows in their lists, as the outbox put them into the
 * queue. What cannot be done now stays there.
 */
public final class ErasureHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(ErasureHandler.class);

  /** Time enough for a page that is deleted, with retries. */
  private static final int RESERVE_MILLIS = 30_000;

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public ErasureHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public ErasureHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private ErasureHandler(Environment environment) {
    wiring = Wiring.of(environment);
    clock = environment.clock();
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var failures = new ArrayList<BatchItemFailure>();
    for (var message : event.getRecords()) {
      if (!Attempt.succeeds(
          LOG, message.getMessageId(), () -> advance(message.getBody(), context))) {
        failures.add(new BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }

  private boolean advance(String message, Context context) {
    var item = (String) Json.object(Json.MAPPER.fromJson(message)).getOrDefault("item", "");
    if (RemoteCopy.isAt(item)) {
      report(wiring.copies().advance(item));
    } else if (HoldEnd.isAt(item)) {
      wiring.holds().expire(item);
    } else {
      wiring
          .erasure()
          .advance(item, new Rests(context::getRemainingTimeInMillis, RESERVE_MILLIS))
          .ifPresent(standing -> report(standing.stuck()));
    }
    return true;
  }

  /** As it is: CloudWatch reads metrics from lines that are JSON and nothing else. */
  private void report(Set<Processor> stuck) {
    System.out.println(
        Metrics.overall().count("ErasureProcessorsStuck", stuck.size()).line(clock.instant()));
  }
}
