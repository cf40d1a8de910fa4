package pledge.staffrequest;

import java.time.InstantSource;
import pledge.http.RateLimits;
import pledge.http.StaffGuard;
import pledge.privacy.MailedRequests;
import pledge.privacy.MinorReports;
import pledge.store.Backend;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(
    MailedRequests requests,
    MinorReports minors,
    StaffGuard guard,
    RateLimits limits,
    Vault vault,
    InstantSource clock) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var limits = new RateLimits(backend, clock);
    return new Wiring(
        new MailedRequests(backend, clock),
        new MinorReports(backend, clock),
        new StaffGuard(limits),
        limits,
        backend.vault(),
        clock);
  }
}
