package pledge.retention.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Pledge;
import pledge.privacy.AuditChain;
import pledge.privacy.AuditChain.Verdict;
import pledge.privacy.PledgeCheck.Result;

/**
 * The audit itself: every row of every chain, as it was written. How many there are would tell that
 * there is a legal hold, of which the law may forbid to tell.
 */
final class ChainsCheck implements Check {
  private static final Logger LOG = LoggerFactory.getLogger(ChainsCheck.class);

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
    var broken = new ArrayList<String>();
    for (var category : AuditChain.categories()) {
      if (audit.verify(category) instanceof Verdict.Broken(var sequence)) {
        LOG.error("the chain {} is altered at row {}", category, sequence);
        broken.add(category.words());
      }
    }
    return List.of(
        broken.isEmpty()
            ? new Finding(PLEDGES, Result.KEPT, "every row of the audit is as it was written")
            : new Finding(
                PLEDGES, Result.BROKEN, "altered: the audit of " + String.join(", ", broken)));
  }
}
