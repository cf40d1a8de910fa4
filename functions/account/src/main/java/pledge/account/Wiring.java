package pledge.account;

import pledge.http.RateLimits;
import pledge.http.SessionGuard;
import pledge.store.Backend;
import pledge.subject.Policies;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(Policies policies, Sessions sessions, SessionGuard guard, Vault vault) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var sessions = new Sessions(backend.store(), environment.clock());
    return new Wiring(
        new Policies(backend, environment.clock()),
        sessions,
        new SessionGuard(sessions, new RateLimits(backend, environment.clock())),
        backend.vault());
  }
}
