package pledge.supportread;

import pledge.http.RateLimits;
import pledge.http.StaffGuard;
import pledge.privacy.StaffReads;
import pledge.store.Backend;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(StaffReads reads, StaffGuard guard, Vault vault) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    return new Wiring(
        new StaffReads(backend, clock),
        new StaffGuard(new RateLimits(backend, clock)),
        backend.vault());
  }
}
