package pledge.export;

import pledge.privacy.Custodians;
import pledge.privacy.Exports;
import pledge.store.Backend;
import pledge.store.Files;
import pledge.vault.Environment;

/** What this function is made of: no processor holds anything of anybody yet. */
record Wiring(Exports exports) {
  static Wiring of(Environment environment) {
    return new Wiring(
        new Exports(
            Backend.of(environment).store(),
            Files.of(environment, "EXPORTS_BUCKET"),
            new Custodians(),
            environment.setting("BASE_URL"),
            environment.clock()));
  }
}
