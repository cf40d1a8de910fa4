package pledge.billingreconciliation;

import pledge.billing.Mirror;
import pledge.billing.Plans;
import pledge.billing.Reconciliation;
import pledge.billing.StripeEvents;
import pledge.processor.stripe.StripePayments;
import pledge.store.Backend;
import pledge.subject.Notices;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Reconciliation reconciliation) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var payments = StripePayments.of(environment);
    var plans = Plans.of(environment.setting("STRIPE_PLANS"));
    var mirror = new Mirror(backend, payments, plans, clock);
    var events = new StripeEvents(backend, payments, mirror, new Notices(backend, clock), plans);
    return new Wiring(new Reconciliation(backend, payments, mirror, events, clock));
  }
}
