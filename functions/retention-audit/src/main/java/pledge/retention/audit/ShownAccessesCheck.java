package pledge.retention.audit;

import java.util.List;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.PledgeCheck.Result;
import pledge.privacy.ShownAccesses;

/** What people are shown of staff's looks at their data: all of them, as the audit has them. */
final class ShownAccessesCheck implements Check {
  private static final Set<Pledge> PLEDGES = Set.of(Pledge.STAFF_ACCESS);

  private final ShownAccesses accesses;

  ShownAccessesCheck(ShownAccesses accesses) {
    this.accesses = accesses;
  }

  @Override
  public Set<Pledge> pledges() {
    return PLEDGES;
  }

  @Override
  public List<Finding> run() {
    var compared = accesses.compare();
    return List.of(
        compared.differing() == 0
            ? new Finding(
                PLEDGES,
                Result.KEPT,
                compared.accesses() + " looks of staff are shown to whom they were about")
            : new Finding(
                PLEDGES,
                Result.BROKEN,
                compared.differing() + " looks of staff are not shown as the audit has them"));
  }
}
