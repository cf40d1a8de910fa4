package pledge.retention.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.AuditChain;
import pledge.privacy.AuditChain.Verdict;
import pledge.privacy.PledgeCheck.Result;

/** The audit itself: every row of every chain, as it was written. */
final class ChainsCheck implements Check {
  private static final Set<Pledge> PLEDGES = Set.of(Pledge.STAFF_ACCESS, Pledge.ACCESS_CONTROLS);

  private final AuditChain audit;

  ChainsCheck(AuditChain audit) {
    this.audit = audit;
  }

  @Override
  public Set<Pledge> pledges() {
    return PLEDGES;
  }

  @Override
  public List<Finding> run() {
    var rows = 0L;
    var broken = new ArrayList<String>();
    for (var category : AuditChain.categories()) {
      switch (audit.verify(category)) {
        case Verdict.Kept(var count) -> rows += count;
        case Verdict.Broken(var sequence) ->
            broken.add(category.words() + ": altered at row " + sequence);
      }
    }
    return List.of(
        broken.isEmpty()
            ? new Finding(
                PLEDGES, Result.KEPT, rows + " rows of the audit are as they were written")
            : new Finding(PLEDGES, Result.BROKEN, "the audit of " + String.join(", ", broken)));
  }
}
