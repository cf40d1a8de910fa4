package pledge.retention.audit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PledgeCheck.Result;
import pledge.store.Found;
import pledge.store.Store;

/** The privacy requests that are not completed: the first to be due against its date. */
final class DueRequestsCheck implements Check {
  private static final Set<Pledge> OF_ERASURES =
      Set.of(Pledge.RIGHTS_DEADLINE, Pledge.ERASE_EVERYWHERE, Pledge.ACCOUNT_30D);
  private static final Set<Pledge> OF_OTHERS = Set.of(Pledge.RIGHTS_DEADLINE);

  /** Soon enough for staff to do what machines could not. */
  private static final Duration CLOSE = Duration.ofDays(7);

  private final Store store;
  private final InstantSource clock;

  DueRequestsCheck(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public Set<Pledge> pledges() {
    return OF_ERASURES;
  }

  @Override
  public List<Finding> run() {
    var open = OpenRequest.all(store).stream().map(Found::value).toList();
    var findings = new ArrayList<Finding>();
    for (var what : What.values()) {
      var pledges = what == What.ERASURE ? OF_ERASURES : OF_OTHERS;
      findings.add(
          find(what, pledges, open.stream().filter(request -> request.what() == what).toList()));
    }
    return findings;
  }

  private Finding find(What what, Set<Pledge> pledges, List<OpenRequest> open) {
    var words = what == What.ERASURE ? "erasures" : "exports";
    if (open.isEmpty()) {
      return new Finding(pledges, Result.KEPT, "no " + words + " are open");
    }
    var due = OpenRequest.firstDue(open);
    if (due.isEmpty()) {
      return new Finding(
          pledges, Result.KEPT, open.size() + " " + words + " are open, none is due");
    }
    var left = Duration.between(clock.instant(), due.get());
    var evidence = open.size() + " " + words + " are open, the first is ";
    if (left.isNegative() || left.isZero()) {
      return new Finding(
          pledges, Result.BROKEN, evidence + left.negated().toDays() + " days overdue");
    }
    return new Finding(
        pledges,
        left.compareTo(CLOSE) <= 0 ? Result.AT_RISK : Result.KEPT,
        evidence + "due in " + left.toDays() + " days");
  }
}
