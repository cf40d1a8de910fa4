package pledge.erasure;

import java.util.List;
import pledge.privacy.Erasure;
import pledge.privacy.Receipts;
import pledge.store.Backend;
import pledge.vault.Environment;

/** What this function is made of: no processor holds anything of anybody yet. */
record Wiring(Erasure erasure) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var receipts =
        new Receipts(
            backend.store(),
            backend.vault().signingKey(environment.setting("RECEIPT_KEY")),
            environment.setting("BASE_URL"));
    return new Wiring(new Erasure(backend, receipts, List.of(), environment.clock()));
  }
}
