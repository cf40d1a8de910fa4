package pledge.billingapi;

import pledge.billing.Checkouts;
import pledge.billing.Plans;
import pledge.http.RateLimits;
import pledge.http.SessionGuard;
import pledge.privacy.PrivacyRequests;
import pledge.processor.stripe.StripePayments;
import pledge.store.Backend;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(
    Checkouts checkouts,
    PrivacyRequests requests,
    Sessions sessions,
    SessionGuard guard,
    RateLimits limits,
    Vault vault) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var sessions = new Sessions(backend.store(), clock);
    var limits = new RateLimits(backend, clock);
    var payments = StripePayments.of(environment);
    var plans = Plans.of(environment.setting("STRIPE_PLANS"));
    return new Wiring(
        new Checkouts(backend, payments, plans, clock),
        new PrivacyRequests(backend, clock),
        sessions,
        new SessionGuard(sessions, limits),
        limits,
        backend.vault());
  }
}
