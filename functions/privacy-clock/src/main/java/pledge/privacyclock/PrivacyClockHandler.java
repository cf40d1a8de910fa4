package pledge.privacyclock;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import pledge.policy.RetentionPeriod;
import pledge.privacy.HoldEnd;
import pledge.privacy.OpenRequest;
import pledge.privacy.RemoteCopy;
import pledge.store.Found;
import pledge.vault.Environment;
import pledge.vault.Metrics;

/**
 * Every hour: has somebody go on with each privacy request that is open, each legal hold that is
 * over and each copy that a processor is to delete, says how long is left for the first of the
 * requests, and takes from KMS what let staff open a person's key and is over. The answer has the
 * figures that also go to CloudWatch.
 */
public final class PrivacyClockHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  /** In one run; those that were not woken for the longest come first. */
  private static final int MOST_COPIES = 2_000;

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public PrivacyClockHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public PrivacyClockHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private PrivacyClockHandler(Environment environment) {
    wiring = Wiring.of(environment);
    clock = environment.clock();
  }

  /**
   * Wakes all of them.
   *
   * @throws pledge.vault.UnavailableException where the database did not answer: Lambda calls again
   */
  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var now = clock.instant();
    var open = OpenRequest.all(wiring.store());
    // All the time there is where none is open, or the law has all of them wait: a month is less
    // than that nowhere.
    var left =
        OpenRequest.firstDue(open.stream().map(Found::value).toList())
            .map(due -> Duration.between(now, due))
            .orElse((Duration) RetentionPeriod.UNTIL_ERASURE.length());
    var figures =
        Metrics.overall()
            .count("PrivacyRequestsOpen", open.size())
            .seconds("PrivacyRequestDueSeconds", left);
    // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
    System.out.println(figures.line(now));
    open.forEach(found -> OpenRequest.wake(wiring.store(), found, now));
    HoldEnd.over(wiring.store(), now).forEach(found -> HoldEnd.wake(wiring.store(), found, now));
    // After them: however many there are, and whatever one of them holds, no request waits.
    RemoteCopy.all(wiring.store()).stream()
        .sorted(Comparator.comparing(found -> found.value().wokenAt()))
        .limit(MOST_COPIES)
        .forEach(found -> RemoteCopy.wake(wiring.store(), found, now));
    // Nothing is read by them any more, which is judged by the second. Last: KMS holds up nothing.
    wiring.keyGrants().revokeEnded(now);
    return figures.values();
  }
}
