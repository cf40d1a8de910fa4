package pledge.privacy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.policy.Purpose;
import pledge.privacy.AuditChain.Rows;
import pledge.privacy.IncidentEntry.Extent;
import pledge.privacy.IncidentEntry.Step;
import pledge.privacy.PledgeCheck.Result;
import pledge.store.Chains;

/** What each pledge was last found to be, and the incident of one that is found broken. */
public final class PledgeChecks {
  private final Chains chains;
  private final AuditChain audit;

  public PledgeChecks(Chains chains, AuditChain audit) {
    this.chains = chains;
    this.audit = audit;
  }

  /**
   * The newest check of each pledge, in one query: an audit appends one row at most for each
   * pledge, all at once, so the last audit is within as many rows as there are pledges.
   */
  public Map<Pledge, PledgeCheck> latest() {
    var latest = new EnumMap<Pledge, PledgeCheck>(Pledge.class);
    for (var found : chains.newest(PledgeCheck.KIND, Pledge.values().length, Purpose.OPERATIONS)) {
      latest.putIfAbsent(found.value().pledge(), found.value());
    }
    return latest;
  }

  /**
   * Appends the checks of one audit, and with them an incident for each pledge that was not found
   * broken the last time: once, however many audits run at once or are run again.
   */
  public void record(List<PledgeCheck> checks) {
    audit.append(
        Set.of(Category.PLEDGE_CHECK, Category.INCIDENT),
        () -> {
          var before = latest();
          var incidents = new ArrayList<IncidentEntry>();
          for (var check : checks) {
            var last = before.get(check.pledge());
            if (check.result() == Result.BROKEN
                && (last == null || last.result() != Result.BROKEN)) {
              incidents.add(incident(check));
            }
          }
          return List.of(
              new Rows<>(PledgeCheck.KIND, checks), new Rows<>(IncidentEntry.KIND, incidents));
        });
  }

  /** When it began, whoever looks into it finds out. */
  private static IncidentEntry incident(PledgeCheck check) {
    return Incidents.opening(
        Optional.empty(),
        new Step.Opened(
            IncidentEntry.PLEDGE_BROKEN,
            new Extent(check.pledge().categories(), Optional.empty(), Optional.empty()),
            check.at(),
            check.pledge().id() + ": " + check.evidence()));
  }
}
