package pledge.exportpart;

import pledge.http.RateLimits;
import pledge.http.SessionGuard;
import pledge.privacy.PrivacyRequests;
import pledge.store.Backend;
import pledge.store.Files;
import pledge.subject.Sessions;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(PrivacyRequests requests, Files files, SessionGuard guard, RateLimits limits) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var limits = new RateLimits(backend, clock);
    return new Wiring(
        new PrivacyRequests(backend, clock),
        Files.of(environment, "EXPORTS_BUCKET"),
        new SessionGuard(new Sessions(backend.store(), clock), limits),
        limits);
  }
}
