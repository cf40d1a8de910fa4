package pledge.erasure;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.privacy.Erasure;
import pledge.privacy.Erasure.Standing;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.Metrics;
import pledge.vault.UnavailableException;

/**
 * Goes on with erasures, one a message: the places of their rows in the list of open requests, as
 * the outbox put them into the queue. What cannot be done now stays there.
 */
public final class ErasureHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(ErasureHandler.class);

  /** Time enough for a page that is deleted, with retries. */
  private static final long RESERVE_MILLIS = 30_000;

  private final Erasure erasure;
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
    erasure = Wiring.of(environment).erasure();
    clock = environment.clock();
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var failures = new ArrayList<BatchItemFailure>();
    for (var message : event.getRecords()) {
      try {
        var body = Json.object(Json.MAPPER.fromJson(message.getBody()));
        erasure
            .advance(
                (String) body.getOrDefault("item", ""),
                () -> context.getRemainingTimeInMillis() > RESERVE_MILLIS)
            .ifPresent(this::report);
      } catch (UnavailableException e) {
        LOG.warn("{}: {}", e.getMessage(), e.reason());
        failures.add(new BatchItemFailure(message.getMessageId()));
      } catch (RuntimeException e) {
        // One bad request must not hold up the good ones; it goes to the dead letters, where an
        // alarm waits, and comes again with the next hour.
        LOG.error("message {} failed: {}", message.getMessageId(), e.getClass().getSimpleName());
        failures.add(new BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }

  /** As it is: CloudWatch reads metrics from lines that are JSON and nothing else. */
  private void report(Standing standing) {
    System.out.println(
        Metrics.overall()
            .count("ErasureProcessorsStuck", standing.stuck().size())
            .line(clock.instant()));
  }
}
