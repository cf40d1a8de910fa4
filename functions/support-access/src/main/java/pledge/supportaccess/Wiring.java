package pledge.supportaccess;

import pledge.http.RateLimits;
import pledge.http.SessionGuard;
import pledge.http.StaffGuard;
import pledge.privacy.SupportGrants;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.subject.Accounts;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(
    SupportGrants grants,
    Accounts accounts,
    GrantView view,
    Store store,
    Sessions sessions,
    SessionGuard guard,
    StaffGuard staff,
    RateLimits limits,
    Vault vault) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var sessions = new Sessions(backend.store(), clock);
    var limits = new RateLimits(backend, clock);
    return new Wiring(
        new SupportGrants(
            backend, backend.vault().keyGrants(environment.setting("SUPPORT_ROLE")), clock),
        new Accounts(backend),
        new GrantView(clock),
        backend.store(),
        sessions,
        new SessionGuard(sessions, limits),
        new StaffGuard(limits),
        limits,
        backend.vault());
  }
}
