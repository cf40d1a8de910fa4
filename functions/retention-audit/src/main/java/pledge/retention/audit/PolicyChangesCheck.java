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

/** Policies that changed in what they promise: whether everybody is told whom it concerns. */
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
    var people =
        told.concerned()
            + " of "
            + told.people()
            + " people had accepted an older one, and are told";
    if (told.endedAt().isPresent()) {
      return new Finding(pledges(), Result.KEPT, which + people);
    }
    var age = Duration.between(told.beganAt(), clock.instant());
    var result =
        age.compareTo(SOON) <= 0
            ? Result.KEPT
            : age.compareTo(LATE) <= 0 ? Result.AT_RISK : Result.BROKEN;
    return new Finding(
        pledges(), result, which + people + " so far, " + age.toDays() + " days after it began");
  }
}
