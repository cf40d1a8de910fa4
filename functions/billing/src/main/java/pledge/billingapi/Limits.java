package pledge.billingapi;

import java.time.Duration;
import pledge.store.Throttle.Limit;

/** How often: each is several calls to Stripe, which counts all of ours together. */
final class Limits {
  /** Pages on which one person can subscribe. */
  static final Limit CHECKOUT = new Limit("checkout", 10, Duration.ofHours(1));

  /** Pages on which one person sees what was paid. */
  static final Limit PORTAL = new Limit("portal", 20, Duration.ofHours(1));

  private Limits() {}
}
