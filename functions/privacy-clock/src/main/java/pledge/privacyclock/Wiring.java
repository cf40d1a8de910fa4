package pledge.privacyclock;

import pledge.store.Backend;
import pledge.store.Store;
import pledge.vault.Environment;
import pledge.vault.KeyGrants;

/** What this function is made of. */
record Wiring(Store store, KeyGrants keyGrants) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    return new Wiring(
        backend.store(), backend.vault().keyGrants(environment.setting("SUPPORT_ROLE")));
  }
}
