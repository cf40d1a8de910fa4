package pledge.incident.clock;

import pledge.privacy.Affected;
import pledge.privacy.AuditChain;
import pledge.privacy.Incidents;
import pledge.privacy.Mailings;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.subject.Notices;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Incidents incidents, Telling telling) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var chains = new Chains(backend.store());
    var incidents = new Incidents(chains, new AuditChain(chains, clock));
    return new Wiring(
        incidents,
        new Telling(
            incidents,
            new Affected(backend.store(), clock),
            new Notices(backend, clock),
            new Mailings(backend, clock)));
  }
}
