package pledge.retention.audit;

import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Pledge;
import pledge.privacy.LegalHolds;
import pledge.privacy.PledgeCheck.Result;

/**
 * What erasures wait for: what two members of staff agreed to, as the audit has it. How many holds
 * there are is not said: the law may forbid to tell of one.
 */
final class HoldsCheck implements Check {
  private static final Logger LOG = LoggerFactory.getLogger(HoldsCheck.class);

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
    var differing = holds.differing();
    if (differing == 0) {
      return List.of(
          new Finding(
              PLEDGES, Result.KEPT, "what is held, if anything, is as two of staff agreed"));
    }
    LOG.error("{} legal holds are not as the audit has them", differing);
    return List.of(new Finding(PLEDGES, Result.BROKEN, "what is held is not as the audit has it"));
  }
}
