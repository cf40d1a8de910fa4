package pledge.staffrequest;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often. */
final class Limits {
  /** Links to one address: each is a mail to somebody who may not have asked for it. */
  static final Limit MAILED = new Limit("mailed-requests", 5, Duration.ofDays(1));

  private Limits() {}
}
