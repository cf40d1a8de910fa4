package pledge.retention.sweep;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Table;
import pledge.store.Residue;
import pledge.vault.EpochId;
import pledge.vault.UnavailableException;
import pledge.vault.Vault;

/**
 * Goes through the epochs that are over, the first to end first, and deletes what is left of them,
 * for as long as it may. What it does not reach, the next run does.
 */
final class Sweeper {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  /** TTL takes up to 48 hours, and an index is behind its table. */
  private static final Duration SLOWEST = Duration.ofDays(2);

  private final Vault vault;
  private final Residue residue;
  private final int most;

  /**
   * Of that vault's epochs.
   *
   * @param most records that one run deletes
   */
  Sweeper(Vault vault, Residue residue, int most) {
    this.vault = vault;
    this.residue = residue;
    this.most = most;
  }

  /**
   * What a run did.
   *
   * @param swept how many records of each table it deleted
   * @param open how many epochs that are over are still looked at
   * @param oldest how long the first of them is over that it did not get through; zero where it got
   *     through all
   * @param failure of the first epoch that it could not get through for another reason than time
   */
  record Run(
      Map<Table, Long> swept, int open, Duration oldest, Optional<UnavailableException> failure) {}

  /**
   * One run.
   *
   * @param hasTime asked before each call
   */
  Run run(Instant now, BooleanSupplier hasTime) {
    var over =
        vault.epochsWithResidue().stream().filter(epoch -> !now.isBefore(epoch.endsAt())).toList();
    var pass = new Pass(now, hasTime);
    over.forEach(pass::sweep);
    return new Run(
        pass.swept,
        over.size() - pass.closed,
        pass.unfinished == null ? Duration.ZERO : Duration.between(pass.unfinished.endsAt(), now),
        Optional.ofNullable(pass.failure));
  }

  /** How long to look again: while a restored backup can bring records of it back, too. */
  private static Duration watched(EpochId epoch) {
    return SLOWEST.plusDays(
        Residue.tables(epoch.period()).stream().mapToInt(Table::backupDays).max().orElse(0));
  }

  private final class Pass {
    final Map<Table, Long> swept = new EnumMap<>(Table.class);
    private final Instant now;
    private final BooleanSupplier hasTime;
    private int left = most;
    int closed;
    @Nullable EpochId unfinished;
    @Nullable UnavailableException failure;

    Pass(Instant now, BooleanSupplier hasTime) {
      this.now = now;
      this.hasTime = hasTime;
    }

    void sweep(EpochId epoch) {
      try {
        var found = 0L;
        for (var bucket : Residue.buckets(epoch)) {
          var result = residue.sweep(bucket, now, this::admits);
          swept.merge(bucket.table(), (long) result.deleted(), Long::sum);
          found += result.deleted();
          if (!result.finished()) {
            unfinished = unfinished == null ? epoch : unfinished;
            return;
          }
        }
        if (found == 0 && !now.isBefore(epoch.endsAt().plus(watched(epoch)))) {
          vault.forgetResidue(epoch);
          closed++;
        }
      } catch (UnavailableException e) {
        // One epoch that DynamoDB refuses must not hold up the others.
        LOG.error("{}: {}: {}", epoch.value(), e.getMessage(), e.reason());
        failure = failure == null ? e : failure;
        unfinished = unfinished == null ? epoch : unfinished;
      }
    }

    private boolean admits(int records) {
      if (!hasTime.getAsBoolean() || records > left) {
        return false;
      }
      left -= records;
      return true;
    }
  }
}
