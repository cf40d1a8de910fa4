package pledge.local;

/** The pages that Stripe hosts. */
final class StripePages {
  static final String ROOT = "/_local/stripe/";

  private StripePages() {}
}
