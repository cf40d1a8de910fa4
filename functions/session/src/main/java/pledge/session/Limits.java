package pledge.session;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often. */
final class Limits {
  /** Attempts to sign in from one network, whatever the account. */
  static final Limit SIGN_IN = new Limit("signin", 60, Duration.ofMinutes(10));

  private Limits() {}
}
