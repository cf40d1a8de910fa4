package pledge.signup;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often. */
final class Limits {
  /** Sign-ups from one network. */
  static final Limit SIGN_UP = new Limit("signup", 20, Duration.ofMinutes(10));

  /** Confirmations from one network; a token cannot be guessed, but each try costs us a read. */
  static final Limit CONFIRMATION = new Limit("confirmation", 30, Duration.ofMinutes(10));

  /** Mails to one address that one network asks for. */
  static final Limit ADDRESS = new Limit("signup-address", 5, Duration.ofHours(1));

  /** Mails to one address, whoever asks for them. */
  static final Limit ADDRESS_OVERALL = new Limit("signup-address-overall", 20, Duration.ofHours(1));

  private Limits() {}
}
