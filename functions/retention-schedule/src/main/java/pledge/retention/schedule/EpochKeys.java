package pledge.retention.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.RetentionPeriod;
import pledge.vault.EpochId;
import pledge.vault.Metrics;
import pledge.vault.TwoClocks;
import pledge.vault.UnavailableException;
import pledge.vault.Vault;

/**
 * The keys of epochs, brought to what they should be at a moment. It remembers nothing and looks at
 * what is there, so a run may be missed, doubled, late, or cut off anywhere.
 */
final class EpochKeys {
  private static final Logger LOG = LoggerFactory.getLogger(EpochKeys.class);

  private final Vault vault;

  EpochKeys(Vault vault) {
    this.vault = vault;
  }

  /**
   * What a run did.
   *
   * @param failure of the first key that could not be destroyed or made
   */
  record Run(Metrics metrics, Optional<UnavailableException> failure) {}

  Run run(TwoClocks clocks) {
    var kept = vault.epochs();
    var due = kept.stream().filter(epoch -> isOver(epoch, clocks.earlier())).toList();
    var failures = new Failures();
    var destroyed = 0;
    for (var epoch : due) {
      destroyed += failures.count(epoch, () -> vault.destroyEpochKey(epoch));
    }
    var made = 0;
    var present = new HashSet<>(kept);
    for (var epoch : ahead(clocks.earlier())) {
      // A late event asks for what is over by now.
      if (!present.contains(epoch) && !isOver(epoch, clocks.later())) {
        made += failures.count(epoch, () -> vault.prepareEpochKey(epoch));
      }
    }
    var lateness =
        due.isEmpty() ? Duration.ZERO : Duration.between(due.getFirst().endsAt(), clocks.later());
    return new Run(
        Metrics.overall()
            .count("EpochKeysDestroyed", destroyed)
            .count("EpochKeysMade", made)
            .seconds("LatenessSeconds", lateness)
            .seconds("ClockSkewSeconds", clocks.skew()),
        Optional.ofNullable(failures.first));
  }

  private static boolean isOver(EpochId epoch, Instant moment) {
    return !moment.isBefore(epoch.endsAt());
  }

  /**
   * The epochs of that moment, and what comes next: one more, or two hours more, so that a key is
   * there an hour before its first record.
   */
  private static List<EpochId> ahead(Instant moment) {
    var epochs = new ArrayList<EpochId>();
    for (var period : RetentionPeriod.WITH_EPOCHS) {
      var grain = period.epoch().orElseThrow();
      var more =
          switch (grain) {
            case HOUR -> 2;
            case DAY, MONTH -> 1;
          };
      var epoch = EpochId.of(period, moment);
      epochs.add(epoch);
      for (var i = 0; i < more; i++) {
        epoch = EpochId.of(period, grain.startAfter(epoch.start()));
        epochs.add(epoch);
      }
    }
    return epochs;
  }

  /** One key that KMS or DynamoDB refuses must not hold up the others. */
  private static final class Failures {
    @Nullable UnavailableException first;

    @FunctionalInterface
    interface Step {
      boolean done();
    }

    int count(EpochId epoch, Step step) {
      try {
        return step.done() ? 1 : 0;
      } catch (UnavailableException e) {
        LOG.error("{}: {}: {}", epoch.value(), e.getMessage(), e.reason());
        first = first == null ? e : first;
        return 0;
      }
    }
  }
}
