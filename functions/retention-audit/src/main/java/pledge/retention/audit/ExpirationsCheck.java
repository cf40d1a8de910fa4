package pledge.retention.audit;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.Expirations;
import pledge.privacy.PledgeCheck.Result;

/** How much expired on the day before: evidence that something does. */
final class ExpirationsCheck implements Check {
  private final Expirations expirations;
  private final InstantSource clock;

  ExpirationsCheck(Expirations expirations, InstantSource clock) {
    this.expirations = expirations;
    this.clock = clock;
  }

  @Override
  public Set<Pledge> pledges() {
    return Promised.ofAnyCategory();
  }

  @Override
  public List<Finding> run() {
    var day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(1);
    Map<Pledge, Long> counts = new EnumMap<>(Pledge.class);
    expirations
        .of(day)
        .forEach(
            (category, count) ->
                Promised.of(category).forEach(pledge -> counts.merge(pledge, count, Long::sum)));
    return counts.entrySet().stream()
        .map(
            entry ->
                new Finding(
                    Set.of(entry.getKey()),
                    Result.KEPT,
                    entry.getValue()
                        + (entry.getValue() == 1 ? " record" : " records")
                        + " expired on "
                        + day))
        .toList();
  }
}
