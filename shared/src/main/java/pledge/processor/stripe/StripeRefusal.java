package pledge.processor.stripe;

import java.io.Serial;

/**
 * Stripe said no, and would say so again: a mistake of ours, or a setting of our account. It says
 * with which status and code, and not to what: Stripe's own words repeat what it was asked.
 */
public final class StripeRefusal extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final String code;

  StripeRefusal(int status, String code) {
    super("Stripe answered " + status + (code.isEmpty() ? "" : " (" + code + ")"));
    this.code = code;
  }

  /** Stripe's name for it, such as {@code resource_missing}; empty where it gave none. */
  public String code() {
    return code;
  }
}
