package pledge.privacy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Partitions;
import pledge.store.Store;
import pledge.subject.Usage;
import pledge.vault.EpochId;

/**
 * Figures over what many customers used (A§3): without an id of anybody, never over fewer than
 * {@link #FEWEST}, and made once. What came later is in no figure: two figures of one period, one
 * customer apart, would tell what that customer did.
 */
public final class UsageAggregates {
  /** Customers that a figure is over, at least. */
  public static final int FEWEST = 20;

  private final Store store;
  private final Partitions partitions;

  public UsageAggregates(Backend backend) {
    this.store = backend.store();
    this.partitions = new Partitions(store);
  }

  /** What was released of a day, in UTC, in the order of the features. */
  public List<UsageAggregate> of(LocalDate day) {
    return released(partition(day.toString()));
  }

  /** What was released of a month, in UTC. */
  public List<UsageAggregate> of(YearMonth month) {
    return released(partition(month.toString()));
  }

  /**
   * Makes the figures of a day that is over, if none are there.
   *
   * @return how many were made
   */
  public int make(LocalDate day) {
    return make(day.toString(), day, day.plusDays(1));
  }

  /** Makes the figures of a month that is over, if none are there. */
  public int make(YearMonth month) {
    return make(month.toString(), month.atDay(1), month.plusMonths(1).atDay(1));
  }

  private int make(String period, LocalDate first, LocalDate next) {
    if (!released(partition(period)).isEmpty()) {
      return 0;
    }
    var start = first.atStartOfDay(ZoneOffset.UTC).toInstant();
    var end = next.atStartOfDay(ZoneOffset.UTC).toInstant();
    // What is counted near a period's end may be written down in the next epoch.
    var customers = new TreeSet<String>();
    Stream.of(epoch(start), epoch(end))
        .distinct()
        .forEach(epoch -> customers.addAll(partitions.of(Usage.KIND, epoch, period)));
    Map<String, Sum> sums = new TreeMap<>();
    for (var customer : customers) {
      Map<String, Sum> own = new HashMap<>();
      for (var used : store.all(Usage.KIND, customer, period, Purpose.IMPROVEMENT)) {
        var usage = used.value();
        own.merge(usage.feature(), new Sum(1, usage.requests(), usage.tokens()), Sum::ofOne);
      }
      own.forEach((feature, sum) -> sums.merge(feature, sum, Sum::ofTwo));
    }
    sums.values().removeIf(sum -> sum.customers < FEWEST);
    if (sums.isEmpty()) {
      return 0;
    }
    // All or none: what is there is not made again.
    var transaction = store.transaction();
    sums.forEach(
        (feature, sum) ->
            transaction.insert(
                UsageAggregate.KIND.in(partition(period), feature),
                new UsageAggregate(start, feature, sum.customers, sum.requests, sum.tokens)));
    return transaction.commit().written() ? sums.size() : 0;
  }

  private record Sum(long customers, long requests, long tokens) {
    /** A customer who comes again is one customer. */
    Sum ofOne(Sum more) {
      return new Sum(customers, requests + more.requests, tokens + more.tokens);
    }

    Sum ofTwo(Sum other) {
      return new Sum(customers + other.customers, requests + other.requests, tokens + other.tokens);
    }
  }

  private List<UsageAggregate> released(String partition) {
    return store.all(UsageAggregate.KIND, partition, Purpose.IMPROVEMENT).stream()
        .map(Found::value)
        .toList();
  }

  private static EpochId epoch(Instant moment) {
    return EpochId.of(RetentionPeriod.MONTHS_13, moment);
  }

  private static String partition(String period) {
    return "usage#" + period;
  }
}
