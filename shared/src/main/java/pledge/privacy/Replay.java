package pledge.privacy;

import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.store.Tally;
import pledge.vault.Vault;

/**
 * After a copy of the tables from before was put back: whoever was erased since must not return.
 */
public final class Replay {
  /** Where it begins. */
  public static final long NEWEST = Long.MAX_VALUE;

  /** Receipts at a time: each takes some calls of its own, and there may be seven years of them. */
  private static final int PAGE = 25;

  private final Chains chains;
  private final Vault vault;
  private final PersonalRecords records;

  public Replay(Backend backend, InstantSource clock) {
    this.chains = new Chains(backend.store());
    this.vault = backend.vault();
    this.records = new PersonalRecords(backend.store(), clock);
  }

  /**
   * How far it came.
   *
   * @param back how many people had come back; somebody whose records outlast one run counts again
   *     in the next
   * @param before the receipt before which it goes on; empty where nobody is left
   */
  public record Progress(int back, OptionalLong before) {}

  /**
   * Erases again everybody of whom there is a receipt, the last to be erased first; it can die
   * anywhere and be done again.
   *
   * @param before the place in the chain from which on nobody is looked at; {@link #NEWEST} at
   *     first
   * @param mayGoOn asked before each page of a person's records
   */
  public Progress eraseAgain(long before, BooleanSupplier mayGoOn) {
    var back = 0;
    var next = before;
    while (true) {
      var page = chains.newest(Receipt.Row.KIND, next, PAGE, Purpose.RIGHTS);
      if (page.isEmpty()) {
        return new Progress(back, OptionalLong.empty());
      }
      for (var found : page) {
        var person = found.value().subject();
        vault.destroySubjectKey(person);
        var deleted = records.delete(person, _ -> false, _ -> false, mayGoOn, new Tally());
        if (!deleted.records().isEmpty()) {
          back++;
        }
        if (!deleted.finished()) {
          return new Progress(back, OptionalLong.of(next));
        }
        next = Long.parseLong(found.ref().sort());
      }
    }
  }
}
