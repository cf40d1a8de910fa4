package pledge.supportaccess;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often. */
final class Limits {
  /** Grants that one person makes. */
  static final Limit GRANTS = new Limit("support-grants", 20, Duration.ofDays(1));

  /** Grants that staff open for one person: each is a mail. */
  static final Limit OPENED = new Limit("support-opened", 10, Duration.ofDays(1));

  private Limits() {}
}
