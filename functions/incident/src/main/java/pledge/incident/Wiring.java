package pledge.incident;

import java.time.InstantSource;
import pledge.http.RateLimits;
import pledge.http.StaffGuard;
import pledge.privacy.AuditChain;
import pledge.privacy.Incidents;
import pledge.privacy.Mailings;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(
    Incidents incidents, IncidentView view, StaffGuard guard, Vault vault, InstantSource clock) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var chains = new Chains(backend.store());
    return new Wiring(
        new Incidents(chains, new AuditChain(chains, clock)),
        new IncidentView(new Mailings(backend, clock)),
        new StaffGuard(new RateLimits(backend, clock)),
        backend.vault(),
        clock);
  }
}
