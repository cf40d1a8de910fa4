package pledge.privacyrequest;

import pledge.http.RateLimits;
import pledge.http.SessionGuard;
import pledge.privacy.MailedRequests;
import pledge.privacy.PrivacyRequests;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.SigningKey;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(
    PrivacyRequests requests,
    MailedRequests mailed,
    RequestView view,
    Store store,
    Sessions sessions,
    SessionGuard guard,
    RateLimits limits,
    SigningKey key,
    Vault vault) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var sessions = new Sessions(backend.store(), clock);
    var limits = new RateLimits(backend, clock);
    var requests = new PrivacyRequests(backend, clock);
    return new Wiring(
        requests,
        new MailedRequests(backend, clock),
        new RequestView(requests),
        backend.store(),
        sessions,
        new SessionGuard(sessions, limits),
        limits,
        backend.vault().signingKey(environment.setting("RECEIPT_KEY")),
        backend.vault());
  }
}
