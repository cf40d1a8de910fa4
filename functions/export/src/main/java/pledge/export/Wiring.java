package pledge.export;

import pledge.assistant.AssistantCustodian;
import pledge.billing.Subscription;
import pledge.privacy.Custodians;
import pledge.privacy.Exports;
import pledge.processor.cloudflare.CloudflareHost;
import pledge.processor.stripe.StripeCustodian;
import pledge.store.Backend;
import pledge.store.Files;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Exports exports) {
  static Wiring of(Environment environment) {
    var store = Backend.of(environment).store();
    return new Wiring(
        new Exports(
            store,
            Files.of(environment, "EXPORTS_BUCKET"),
            new Custodians(
                StripeCustodian.of(environment, person -> Subscription.numbers(store, person)),
                new AssistantCustodian(store, CloudflareHost.of(environment), environment.clock())),
            environment.setting("BASE_URL"),
            environment.clock()));
  }
}
