package pledge.retention.audit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.policy.PublicDocument.Version;
import pledge.privacy.Mailings;
import pledge.privacy.Mailings.Progress;
import pledge.privacy.PledgeCheck.Result;
import pledge.subject.Policies;

/**
 * Policies that changed in what they promise: whether everybody is told whom it concerns. How many
 * people there are would tell of one whose account is there for a legal hold alone.
 */
final class PolicyChangesCheck implements Check {
  /** It takes a day at least: everybody is gone through twice. */
  private static final Duration SOON = Duration.ofDays(3);

  private static final Duration LATE = Duration.ofDays(30);

  private final Policies policies;
  private final Mailings mailings;
  private final InstantSource clock;

  PolicyChangesCheck(Policies policies, Mailings mailings, InstantSource clock) {
    this.policies = policies;
    this.mailings = mailings;
    this.clock = clock;
  }

  @Override
  public Set<Pledge> pledges() {
    return Set.of(Pledge.POLICY_CHANGES);
  }

  @Override
  public List<Finding> run() {
    return policies.materialChanges().stream()
        .map(change -> find(change, mailings.of(Mailings.ofChange(change))))
        .toList();
  }

  private Finding find(Version change, Optional<Progress> progress) {
    var which = change.document().title() + " of " + change.date() + ": ";
    if (progress.isEmpty()) {
      return new Finding(pledges(), Result.AT_RISK, which + "nobody was looked at yet");
    }
    var told = progress.get();
    if (told.finished()) {
      return new Finding(
          pledges(), Result.KEPT, which + "whoever had accepted an older one was told");
    }
    var age = Duration.between(told.beganAt(), clock.instant());
    var result =
        age.compareTo(SOON) <= 0
            ? Result.KEPT
            : age.compareTo(LATE) <= 0 ? Result.AT_RISK : Result.BROKEN;
    return new Finding(
        pledges(),
        result,
        which
            + "whoever had accepted an older one is being told, "
            + age.toDays()
            + " days after it began");
  }
}
