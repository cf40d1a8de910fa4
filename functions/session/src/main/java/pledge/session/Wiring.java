package pledge.session;

import pledge.http.RateLimits;
import pledge.http.SessionGuard;
import pledge.store.Backend;
import pledge.subject.PasswordHashing;
import pledge.subject.Sessions;
import pledge.subject.SignIns;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(
    SignIns signIns, Sessions sessions, SessionGuard guard, RateLimits limits, Vault vault) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var sessions = new Sessions(backend.store(), environment.clock());
    var limits = new RateLimits(backend, environment.clock());
    return new Wiring(
        new SignIns(backend, PasswordHashing.of(environment), sessions, environment.clock()),
        sessions,
        new SessionGuard(sessions, limits),
        limits,
        backend.vault());
  }
}
