package pledge.retention.audit;

import java.util.List;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.LegalHolds;
import pledge.privacy.PledgeCheck.Result;

/** What erasures wait for: what two members of staff agreed to, as the audit has it. */
final class HoldsCheck implements Check {
  private static final Set<Pledge> PLEDGES = Set.of(Pledge.LEGAL_HOLD);

  private final LegalHolds holds;

  HoldsCheck(LegalHolds holds) {
    this.holds = holds;
  }

  @Override
  public Set<Pledge> pledges() {
    return PLEDGES;
  }

  @Override
  public List<Finding> run() {
    var compared = holds.compare();
    return List.of(
        compared.differing() == 0
            ? new Finding(
                PLEDGES, Result.KEPT, compared.held() + " legal holds are as two of staff agreed")
            : new Finding(
                PLEDGES,
                Result.BROKEN,
                compared.differing() + " legal holds are not as the audit has them"));
  }
}
