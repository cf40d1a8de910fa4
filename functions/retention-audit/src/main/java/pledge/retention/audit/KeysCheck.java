package pledge.retention.audit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.policy.RetentionPeriod;
import pledge.privacy.PledgeCheck.Result;
import pledge.vault.EpochId;
import pledge.vault.Vault;

/**
 * The keys of epochs: none is there after its end, and so nothing older than its period can be
 * read. No data is looked at.
 */
final class KeysCheck implements Check {
  private static final Duration TOLERATED = Duration.ofMinutes(30);

  private final Vault vault;
  private final InstantSource clock;

  KeysCheck(Vault vault, InstantSource clock) {
    this.vault = vault;
    this.clock = clock;
  }

  @Override
  public Set<Pledge> pledges() {
    var pledges = EnumSet.noneOf(Pledge.class);
    RetentionPeriod.WITH_EPOCHS.forEach(period -> pledges.addAll(Promised.of(period)));
    return pledges;
  }

  @Override
  public List<Finding> run() {
    var epochs = vault.epochs();
    var findings = new ArrayList<Finding>();
    for (var period : RetentionPeriod.WITH_EPOCHS) {
      findings.add(
          find(period, epochs.stream().filter(epoch -> epoch.period().equals(period)).toList()));
    }
    return findings;
  }

  private Finding find(RetentionPeriod period, List<EpochId> epochs) {
    var now = clock.instant();
    var dead = epochs.stream().filter(epoch -> !now.isBefore(epoch.endsAt())).toList();
    var evidence = new StringBuilder("data kept " + period.words() + ": " + epochs.size());
    evidence.append(epochs.size() == 1 ? " key" : " keys");
    epochs.stream()
        .filter(epoch -> now.isBefore(epoch.endsAt()) && !epoch.start().isAfter(now))
        .min(Comparator.comparing(EpochId::start))
        .ifPresent(
            oldest ->
                evidence
                    .append(", the oldest readable data at most ")
                    .append(words(Duration.between(oldest.start(), now)))
                    .append(" old"));
    if (dead.isEmpty()) {
      evidence.append(", no key past its end");
      return new Finding(Promised.of(period), Result.KEPT, evidence.toString());
    }
    var latest =
        dead.stream()
            .map(epoch -> Duration.between(epoch.endsAt(), now))
            .max(Comparator.naturalOrder())
            .orElseThrow();
    evidence.append(", ").append(dead.size()).append(" past their end, by up to ");
    evidence.append(words(latest));
    return new Finding(
        Promised.of(period),
        latest.compareTo(TOLERATED) <= 0 ? Result.AT_RISK : Result.BROKEN,
        evidence.toString());
  }

  private static String words(Duration duration) {
    return String.format(
        Locale.ROOT,
        "%d days %d h %d min",
        duration.toDays(),
        duration.toHoursPart(),
        duration.toMinutesPart());
  }
}
