package pledge.retention.audit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PledgeCheck.Result;
import pledge.store.Found;
import pledge.store.Store;

/**
 * The privacy requests that are not completed: the first to be due against its date. What is found
 * is public, and has no figure in which an erasure would show that waits for a legal hold.
 */
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
    var left = OpenRequest.firstDue(open).map(due -> Duration.between(clock.instant(), due));
    var overdue = left.filter(time -> !time.isPositive());
    if (overdue.isPresent()) {
      var days = overdue.get().negated().toDays();
      return new Finding(
          pledges,
          Result.BROKEN,
          "the first " + what.name().toLowerCase(Locale.ROOT) + " is " + days + " days overdue");
    }
    if (what == What.ERASURE) {
      // Not that it is close: of one that is held it is not published either.
      return new Finding(
          pledges, Result.KEPT, "no erasure is overdue, but for what the law has us keep");
    }
    return left.filter(time -> time.compareTo(CLOSE) <= 0).isPresent()
        ? new Finding(pledges, Result.AT_RISK, "an export is due within seven days")
        : new Finding(pledges, Result.KEPT, "no export is overdue");
  }
}
