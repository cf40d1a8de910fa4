package pledge.assistantworker;

import pledge.assistant.Provisioning;
import pledge.policy.Category;
import pledge.privacy.HeldData;
import pledge.privacy.PrivacyRequest;
import pledge.processor.AssistantHost.Program;
import pledge.processor.cloudflare.CloudflareHost;
import pledge.store.Backend;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Provisioning provisioning) {
  static Wiring of(Environment environment) {
    var store = Backend.of(environment).store();
    var clock = environment.clock();
    var module = WorkerModule.read();
    return new Wiring(
        new Provisioning(
            store,
            CloudflareHost.of(environment),
            new Program(module.text(), module.version(), environment.setting("MODEL_URL")),
            person -> PrivacyRequest.isBeingErased(store, person),
            person ->
                HeldData.of(store, person, clock.instant()).stream()
                    .anyMatch(held -> held.categories().contains(Category.ASSISTANT)),
            clock));
  }
}
