package pledge.signup;

import pledge.http.RateLimits;
import pledge.store.Backend;
import pledge.subject.PasswordHashing;
import pledge.subject.SignUps;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(SignUps signUps, RateLimits limits, Vault vault) {
  static Wiring of(Environment environment) {
    SignUps.prepare();
    var backend = Backend.of(environment);
    return new Wiring(
        new SignUps(backend, PasswordHashing.of(environment), environment.clock()),
        new RateLimits(backend, environment.clock()),
        backend.vault());
  }
}
