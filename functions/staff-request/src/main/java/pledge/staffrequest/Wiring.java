package pledge.staffrequest;

import java.time.InstantSource;
import pledge.http.RateLimits;
import pledge.http.StaffGuard;
import pledge.privacy.MailedRequests;
import pledge.store.Backend;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(
    MailedRequests requests,
    StaffGuard guard,
    RateLimits limits,
    InstantSource clock) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var limits = new RateLimits(backend, clock);
    return new Wiring(
        new MailedRequests(backend, clock),
        new StaffGuard(limits),
        limits,
        clock);
  }
}
