package pledge.retention.audit;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import pledge.policy.Pledge;
import pledge.privacy.PledgeCheck.Result;
import pledge.privacy.UsageAggregate;
import pledge.privacy.UsageAggregates;

/** The last figures that were released: each over enough customers. */
final class AggregatesCheck implements Check {
  private static final Set<Pledge> PLEDGES = Set.of(Pledge.ANONYMOUS_AGGREGATES);

  private final UsageAggregates aggregates;
  private final InstantSource clock;

  AggregatesCheck(UsageAggregates aggregates, InstantSource clock) {
    this.aggregates = aggregates;
    this.clock = clock;
  }

  @Override
  public Set<Pledge> pledges() {
    return PLEDGES;
  }

  @Override
  public List<Finding> run() {
    // The figures of yesterday are made later in the day than this looks.
    var day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(2);
    var figures =
        Stream.concat(
                aggregates.of(day).stream(),
                aggregates.of(YearMonth.from(day).minusMonths(1)).stream())
            .toList();
    var tooFew = figures.stream().filter(it -> it.customers() < UsageAggregates.FEWEST).count();
    if (tooFew > 0) {
      return List.of(
          new Finding(PLEDGES, Result.BROKEN, tooFew + " figures over fewer than 20 customers"));
    }
    var words =
        figures.isEmpty()
            ? "no figure was released of " + day + " nor of the month before"
            : figures.size()
                + " figures of "
                + day
                + " and of the month before, each over "
                + figures.stream().mapToLong(UsageAggregate::customers).min().orElseThrow()
                + " customers or more";
    return List.of(new Finding(PLEDGES, Result.KEPT, words));
  }
}
