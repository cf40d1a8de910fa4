package pledge.assistantapi;

import pledge.assistant.Assistants;
import pledge.http.RateLimits;
import pledge.http.SessionGuard;
import pledge.store.Backend;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** What this function is made of. */
record Wiring(
    Assistants assistants,
    AssistantView view,
    Sessions sessions,
    SessionGuard guard,
    RateLimits limits,
    Vault vault) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    var sessions = new Sessions(backend.store(), clock);
    var limits = new RateLimits(backend, clock);
    return new Wiring(
        new Assistants(backend.store(), clock),
        new AssistantView(environment.setting("ASSISTANT_URL")),
        sessions,
        new SessionGuard(sessions, limits),
        limits,
        backend.vault());
  }
}
