package pledge.retention.sweep;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.store.Backend;
import pledge.store.Residue;
import pledge.vault.Environment;
import pledge.vault.Metrics;
import pledge.vault.TwoClocks;

/**
 * Every hour: deletes what is left of epochs whose keys are destroyed. The answer has the figures
 * that also go to CloudWatch.
 */
public final class RetentionSweepHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionSweepHandler.class);

  /** Time enough for the batch in hand, its retries, and the report. */
  private static final long RESERVE_MILLIS = 20_000;

  private static final Duration EVERY = Duration.ofHours(1);

  private final Sweeper sweeper;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public RetentionSweepHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public RetentionSweepHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private RetentionSweepHandler(Environment environment) {
    var backend = Backend.of(environment);
    sweeper =
        new Sweeper(
            backend.vault(),
            new Residue(backend.store()),
            Integer.parseInt(environment.setting("SWEEP_MOST")));
    clock = environment.clock();
  }

  /**
   * Deletes what it can in its time.
   *
   * @throws pledge.vault.UnavailableException where DynamoDB refused some of it, after all the rest
   *     was done: Lambda calls again, and the next run would do it too
   */
  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var clocks = new TwoClocks(clock.instant(), Instant.ofEpochMilli(event.getTime().getMillis()));
    if (clocks.late().compareTo(EVERY) >= 0) {
      LOG.info("the run of {} is late: that of an hour later does its work", clocks.schedule());
      return Map.of();
    }
    var run =
        sweeper.run(clocks.earlier(), () -> context.getRemainingTimeInMillis() > RESERVE_MILLIS);
    var figures = new LinkedHashMap<String, Long>();
    run.swept()
        .forEach(
            (table, count) -> {
              report(Metrics.of("Table", table.id()).count("RecordsSwept", count), clocks);
              figures.put("RecordsSwept " + table.id(), count);
            });
    var overall =
        Metrics.overall()
            .count("EpochsOpen", run.open())
            .seconds("OldestUnsweptSeconds", run.oldest());
    report(overall, clocks);
    figures.putAll(overall.values());
    run.failure()
        .ifPresent(
            failure -> {
              throw failure;
            });
    return figures;
  }

  /** As it is: CloudWatch reads metrics from lines that are JSON and nothing else. */
  private static void report(Metrics metrics, TwoClocks clocks) {
    System.out.println(metrics.line(clocks.own()));
  }
}
