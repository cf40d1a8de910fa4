package pledge.privacy;

import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.vault.Vault;

/**
 * After a copy of the tables from before was put back: whoever was erased since must not return.
 */
public final class Replay {
  private final Chains chains;
  private final Vault vault;
  private final PersonalRecords records;

  public Replay(Backend backend, InstantSource clock) {
    this.chains = new Chains(backend.store());
    this.vault = backend.vault();
    this.records = new PersonalRecords(backend.store(), clock);
  }

  /**
   * Erases again everybody of whom there is a receipt, the last to be erased first; it can die
   * anywhere and be done again.
   *
   * @return how many of them had come back
   */
  public int eraseAgain(BooleanSupplier mayGoOn) {
    var back = 0;
    for (var found : chains.all(Receipt.Row.KIND, Purpose.RIGHTS).reversed()) {
      if (!mayGoOn.getAsBoolean()) {
        break;
      }
      var person = found.value().subject();
      vault.destroySubjectKey(person);
      if (!records.delete(person, sort -> false, () -> true).records().isEmpty()) {
        back++;
      }
    }
    return back;
  }
}
