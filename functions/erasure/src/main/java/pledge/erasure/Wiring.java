package pledge.erasure;

import pledge.assistant.AssistantCustodian;
import pledge.billing.Subscription;
import pledge.privacy.Custodians;
import pledge.privacy.Erasure;
import pledge.privacy.ExportFiles;
import pledge.privacy.LegalHolds;
import pledge.privacy.Receipts;
import pledge.privacy.RemoteCopies;
import pledge.processor.cloudflare.CloudflareHost;
import pledge.processor.stripe.StripeCustodian;
import pledge.store.Backend;
import pledge.store.Files;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Erasure erasure, RemoteCopies copies, LegalHolds holds) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var receipts =
        new Receipts(
            backend.store(),
            backend.vault().signingKey(environment.setting("RECEIPT_KEY")),
            environment.setting("BASE_URL"));
    var custodians =
        new Custodians(
            new ExportFiles(Files.of(environment, "EXPORTS_BUCKET")),
            StripeCustodian.of(
                environment, person -> Subscription.numbers(backend.store(), person)),
            new AssistantCustodian(
                backend.store(), CloudflareHost.of(environment), environment.clock()));
    return new Wiring(
        new Erasure(backend, receipts, custodians, environment.clock()),
        new RemoteCopies(backend.store(), custodians, environment.clock()),
        new LegalHolds(backend, environment.clock()));
  }
}
