package pledge.billingclock;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.store.Found;
import pledge.vault.Environment;
import pledge.vault.Metrics;
import pledge.vault.UnavailableException;

/**
 * Every hour: has somebody go on with each assistant that is not yet what its person is entitled
 * to, and goes on with each payment that is overdue. The answer has the figures that also go to
 * CloudWatch.
 */
public final class BillingClockHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  private static final Logger LOG = LoggerFactory.getLogger(BillingClockHandler.class);

  /** Time enough for the one in hand, with its retries, and the report. */
  private static final long RESERVE_MILLIS = 20_000;

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public BillingClockHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public BillingClockHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private BillingClockHandler(Environment environment) {
    wiring = Wiring.of(environment);
    clock = environment.clock();
  }

  /**
   * Goes on for as long as it has time.
   *
   * @throws UnavailableException where the database or KMS did not answer: Lambda calls again, and
   *     the next hour would go on as well
   */
  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var now = clock.instant();
    var waiting = OpenTask.all(wiring.store(), What.ASSISTANT);
    wake(waiting, now);
    var left = overdue(context);
    var figures =
        Metrics.overall()
            .seconds("AssistantWaitingSeconds", oldest(waiting, now).orElse(Duration.ZERO))
            .count("OverduePaymentsLeft", left)
            .count("BillingClockRuns", 1);
    // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
    System.out.println(figures.line(now));
    return figures.values();
  }

  /** Those that stand for long: else whoever began with them is at it still. */
  private void wake(List<Found<OpenTask>> waiting, Instant now) {
    waiting.stream()
        .filter(found -> !now.isBefore(found.value().wokenAt().plus(wiring.stuckAfter())))
        .forEach(found -> OpenTask.wake(wiring.store(), found, now));
  }

  private static Optional<Duration> oldest(List<Found<OpenTask>> waiting, Instant now) {
    return waiting.stream()
        .map(found -> Duration.between(found.value().since(), now))
        .max(Comparator.naturalOrder());
  }

  /** How many it could not look at. */
  private long overdue(Context context) {
    var left = 0L;
    for (var found : OpenTask.all(wiring.store(), What.OVERDUE)) {
      if (context.getRemainingTimeInMillis() <= RESERVE_MILLIS) {
        left++;
        continue;
      }
      try {
        wiring.overdue().advance(found);
      } catch (UnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        // One that cannot be read holds up no other; an alarm waits for the figure.
        LOG.error("an overdue payment failed: {}", e.getClass().getSimpleName());
        left++;
      }
    }
    return left;
  }
}
