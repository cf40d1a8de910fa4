package pledge.billingworker;

import pledge.billing.Mirror;
import pledge.billing.Plans;
import pledge.billing.StripeEvents;
import pledge.processor.stripe.StripePayments;
import pledge.store.Backend;
import pledge.subject.Notices;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(StripeEvents events) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var payments = StripePayments.of(environment);
    var plans = Plans.of(environment.setting("STRIPE_PLANS"));
    return new Wiring(
        new StripeEvents(
            backend,
            payments,
            new Mirror(backend, payments, plans, clock),
            new Notices(backend, clock),
            plans));
  }
}
