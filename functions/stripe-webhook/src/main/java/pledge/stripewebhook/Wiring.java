package pledge.stripewebhook;

import java.time.InstantSource;
import pledge.http.RateLimits;
import pledge.store.Backend;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Backend backend, RateLimits limits, Signatures signatures, InstantSource clock) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    return new Wiring(
        backend,
        new RateLimits(backend, environment.clock()),
        Signatures.of(environment.setting("STRIPE_WEBHOOK_SECRETS"), environment.clock()),
        environment.clock());
  }
}
