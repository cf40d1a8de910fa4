package pledge.privacyrequest;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often. */
final class Limits {
  /** Receipts and keys from one network. */
  static final Limit RECEIPT = new Limit("receipt", 60, Duration.ofMinutes(10));

  private Limits() {}
}
