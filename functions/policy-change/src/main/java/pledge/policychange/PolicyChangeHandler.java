package pledge.policychange;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.privacy.Mailings;
import pledge.store.Backend;
import pledge.subject.Policies;
import pledge.subject.SignUps;
import pledge.vault.Environment;
import pledge.vault.Metrics;
import pledge.vault.UnavailableException;

/**
 * Every hour: goes on telling people of the policies that changed in what they promise. A version
 * is published by being deployed; nobody has to think of this. The answer has the figures that also
 * go to CloudWatch.
 */
public final class PolicyChangeHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyChangeHandler.class);

  /** Time enough for the page in hand and the report. */
  private static final long RESERVE_MILLIS = 60_000;

  /**
   * When everybody is gone through again: who signed up under the older version, and confirmed
   * after their turn, is there by then. An hour more for functions that are not replaced at once.
   */
  private static final Duration AGAIN = SignUps.PATIENCE.plusHours(1);

  private final Policies policies;
  private final Mailings mailings;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public PolicyChangeHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public PolicyChangeHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private PolicyChangeHandler(Environment environment) {
    var backend = Backend.of(environment);
    clock = environment.clock();
    policies = new Policies(backend, clock);
    mailings = new Mailings(backend, clock);
  }

  /**
   * Tells as many as it has time for.
   *
   * @throws UnavailableException where the database or KMS cannot answer for now, after the other
   *     policies were looked at: the next run goes on
   */
  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var told = 0L;
    var oldest = Duration.ZERO;
    @Nullable UnavailableException failure = null;
    for (var change : policies.materialChanges()) {
      var id = Mailings.ofChange(change);
      try {
        var progress =
            mailings.advance(
                id,
                person -> policies.tell(person, change),
                AGAIN,
                () -> context.getRemainingTimeInMillis() > RESERVE_MILLIS);
        told += progress.concerned();
        if (!progress.finished()) {
          oldest = longer(oldest, progress.beganAt());
        }
      } catch (UnavailableException e) {
        LOG.error("{}: {}: {}", id, e.getMessage(), e.reason());
        failure = failure == null ? e : failure;
      }
    }
    var metrics =
        Metrics.overall()
            .count("PeopleToldOfPolicies", told)
            .seconds("PolicyChangeUntoldSeconds", oldest);
    // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
    System.out.println(metrics.line(clock.instant()));
    if (failure != null) {
      throw failure;
    }
    return metrics.values();
  }

  private Duration longer(Duration oldest, Instant beganAt) {
    var age = Duration.between(beganAt, clock.instant());
    return age.compareTo(oldest) > 0 ? age : oldest;
  }
}
