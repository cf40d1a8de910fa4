package pledge.privacyclock;

import pledge.store.Backend;
import pledge.store.Store;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(Store store) {
  static Wiring of(Environment environment) {
    return new Wiring(Backend.of(environment).store());
  }
}
