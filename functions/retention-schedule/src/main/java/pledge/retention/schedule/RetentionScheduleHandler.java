package pledge.retention.schedule;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.store.Backend;
import pledge.vault.Environment;
import pledge.vault.TwoClocks;

/**
 * Every quarter of an hour: destroys the keys of epochs that are over, and makes those that come
 * next. The answer has the figures that also go to CloudWatch.
 */
public final class RetentionScheduleHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionScheduleHandler.class);

  private final EpochKeys keys;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public RetentionScheduleHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public RetentionScheduleHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private RetentionScheduleHandler(Environment environment) {
    keys = new EpochKeys(Backend.of(environment).vault());
    clock = environment.clock();
  }

  /**
   * Does what is due.
   *
   * @throws pledge.vault.UnavailableException where something of it could not be done, after all
   *     the rest was: Lambda calls again, and the next run would do it too
   */
  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var clocks = new TwoClocks(clock.instant(), Instant.ofEpochMilli(event.getTime().getMillis()));
    if (!clocks.skew().isZero()) {
      LOG.warn("our clock shows {}, the schedule's {}", clocks.own(), clocks.schedule());
    }
    var run = keys.run(clocks);
    // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
    System.out.println(run.metrics().line(clocks.own()));
    run.failure()
        .ifPresent(
            failure -> {
              throw failure;
            });
    return run.metrics().values();
  }
}
