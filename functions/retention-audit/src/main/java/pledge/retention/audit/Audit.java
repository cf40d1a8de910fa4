package pledge.retention.audit;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Pledge;
import pledge.privacy.PledgeCheck;
import pledge.privacy.PledgeCheck.Result;
import pledge.privacy.PledgeChecks;
import pledge.vault.UnavailableException;

/** Runs every check and records, for each pledge that any of them is about, the worst result. */
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

  private final List<Check> checks;
  private final PledgeChecks pledges;
  private final InstantSource clock;

  Audit(List<Check> checks, PledgeChecks pledges, InstantSource clock) {
    this.checks = List.copyOf(checks);
    this.pledges = pledges;
    this.clock = clock;
  }

  /**
   * What an audit found.
   *
   * @param complete whether every check could be run
   */
  record Report(List<PledgeCheck> found, boolean complete) {
    long count(Result result) {
      return found.stream().filter(check -> check.result() == result).count();
    }
  }

  Report run() {
    var at = clock.instant();
    var findings = new ArrayList<Finding>();
    var complete = true;
    for (var check : checks) {
      try {
        findings.addAll(check.run());
      } catch (RuntimeException e) {
        // One check that fails must not hold up the others; the run ends with an error.
        var name = check.getClass().getSimpleName();
        var reason =
            e instanceof UnavailableException unavailable
                ? unavailable.reason()
                : e.getClass().getSimpleName();
        LOG.error("{} failed: {}", name, reason);
        findings.add(
            new Finding(check.pledges(), Result.AT_RISK, name + " could not be run: " + reason));
        complete = false;
      }
    }
    Map<Pledge, PledgeCheck> found = new EnumMap<>(Pledge.class);
    for (var finding : findings) {
      for (var pledge : finding.pledges()) {
        found.merge(
            pledge,
            new PledgeCheck(pledge, finding.result(), finding.evidence(), at),
            Audit::joined);
      }
    }
    var report = new Report(List.copyOf(found.values()), complete);
    pledges.record(report.found());
    return report;
  }

  private static PledgeCheck joined(PledgeCheck one, PledgeCheck other) {
    return new PledgeCheck(
        one.pledge(),
        one.result().compareTo(other.result()) >= 0 ? one.result() : other.result(),
        one.evidence() + "; " + other.evidence(),
        one.at());
  }
}
