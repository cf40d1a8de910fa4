package pledge.pledges;

import java.time.InstantSource;
import pledge.http.RateLimits;
import pledge.privacy.AuditChain;
import pledge.privacy.PledgeChecks;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(PledgeChecks checks, RateLimits limits, Vault vault, InstantSource clock) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var chains = new Chains(backend.store());
    return new Wiring(
        new PledgeChecks(chains, new AuditChain(chains, environment.clock())),
        new RateLimits(backend, environment.clock()),
        backend.vault(),
        environment.clock());
  }

  Sheet sheet() {
    return new Sheet(checks.latest(), PledgeTests.ofArchive(), clock.instant());
  }
}
