package pledge.privacyrequest;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often. */
final class Limits {
  /** Receipts and keys from one network. */
  static final Limit RECEIPT = new Limit("receipt", 60, Duration.ofMinutes(10));

  /** Erasures that one person asks for: each is a mail, and can be taken back. */
  static final Limit ERASURE = new Limit("erasure", 5, Duration.ofDays(1));

  /** Copies that one person asks for: each goes through all there is. */
  static final Limit EXPORT = new Limit("export", 3, Duration.ofDays(1));

  /** Confirmations from one network; a token cannot be guessed, but each try costs us a read. */
  static final Limit CONFIRMATION = new Limit("privacy-confirmation", 30, Duration.ofMinutes(10));

  private Limits() {}
}
