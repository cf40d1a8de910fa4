package pledge.staffrequest;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often. */
final class Limits {
  /** Links to one address: each is a mail to somebody who may not have asked for it. */
  static final Limit MAILED = new Limit("mailed-requests", 5, Duration.ofDays(1));

  /** Minors whom one member of staff is told of: whoever knows of more has guessed addresses. */
  static final Limit MINORS = new Limit("minor-reports", 20, Duration.ofDays(1));

  private Limits() {}
}
