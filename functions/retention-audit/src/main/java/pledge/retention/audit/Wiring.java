package pledge.retention.audit;

import java.util.List;
import pledge.privacy.AuditChain;
import pledge.privacy.Canaries;
import pledge.privacy.Expirations;
import pledge.privacy.LegalHolds;
import pledge.privacy.Mailings;
import pledge.privacy.PledgeChecks;
import pledge.privacy.ShownAccesses;
import pledge.privacy.UsageAggregates;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.store.Tables;
import pledge.subject.Policies;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Audit audit) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var chains = new Chains(backend.store());
    var chained = new AuditChain(chains, clock);
    return new Wiring(
        new Audit(
            List.of(
                new KeysCheck(backend.vault(), clock),
                new CanariesCheck(new Canaries(backend, clock)),
                new TablesCheck(
                    environment.dynamo(Environment.httpClient()),
                    Tables.of(environment),
                    environment.setting("TABLES_KEY")),
                new ChainsCheck(chained),
                new HoldsCheck(new LegalHolds(backend, clock)),
                new ShownAccessesCheck(new ShownAccesses(backend.store(), clock)),
                new ExpirationsCheck(new Expirations(backend.store()), clock),
                new PolicyChangesCheck(
                    new Policies(backend, clock), new Mailings(backend, clock), clock),
                new DueRequestsCheck(backend.store(), clock),
                new AggregatesCheck(new UsageAggregates(backend), clock)),
            new PledgeChecks(chains, chained),
            clock));
  }
}
