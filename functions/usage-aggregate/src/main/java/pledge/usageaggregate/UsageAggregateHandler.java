package pledge.usageaggregate;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import pledge.privacy.UsageAggregates;
import pledge.store.Backend;
import pledge.vault.Environment;
import pledge.vault.Metrics;

/**
 * Every day: makes the figures of the day before, and of the month before on its first days. The
 * answer has the figures that also go to CloudWatch.
 */
public final class UsageAggregateHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  /** Days that a run looks back: one that was missed is made up for. */
  private static final int BACK = 3;

  private final UsageAggregates aggregates;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public UsageAggregateHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public UsageAggregateHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private UsageAggregateHandler(Environment environment) {
    aggregates = new UsageAggregates(Backend.of(environment));
    clock = environment.clock();
  }

  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    var days = 0L;
    for (var back = BACK; back >= 1; back--) {
      days += aggregates.make(today.minusDays(back));
    }
    var months =
        today.getDayOfMonth() <= BACK ? aggregates.make(YearMonth.from(today).minusMonths(1)) : 0;
    var metrics =
        Metrics.overall().count("UsageFiguresOfDays", days).count("UsageFiguresOfMonths", months);
    // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
    System.out.println(metrics.line(clock.instant()));
    return metrics.values();
  }
}
