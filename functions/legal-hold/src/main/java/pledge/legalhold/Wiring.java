package pledge.legalhold;

import java.time.InstantSource;
import pledge.http.RateLimits;
import pledge.http.StaffGuard;
import pledge.privacy.LegalHolds;
import pledge.store.Backend;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(LegalHolds holds, StaffGuard guard, Vault vault, InstantSource clock) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    return new Wiring(
        new LegalHolds(backend, clock),
        new StaffGuard(new RateLimits(backend, clock)),
        backend.vault(),
        clock);
  }
}
