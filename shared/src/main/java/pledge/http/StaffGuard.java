package pledge.http;

import java.time.Duration;
import java.util.function.Function;
import pledge.store.Throttle.Limit;

/** Lets staff in, whom IAM has let in before. Should a route lose that, nobody gets in at all. */
public final class StaffGuard {
  /** Requests of one member of staff. */
  private static final Limit STAFF = new Limit("staff", 300, Duration.ofMinutes(10));

  private final RateLimits limits;

  public StaffGuard(RateLimits limits) {
    this.limits = limits;
  }

  /**
   * Answers with what {@code route} answers a member of staff; or 403, or 429.
   *
   * @param route is told the {@code userId} that IAM knows them by
   */
  public Response admitted(Request request, Function<String, Response> route) {
    return request
        .staff()
        .map(caller -> limits.limit("staff " + caller, STAFF, () -> route.apply(caller)))
        .orElseGet(() -> Response.problem(Problem.FOR_STAFF_ONLY));
  }
}
