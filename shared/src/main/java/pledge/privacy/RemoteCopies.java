package pledge.privacy;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.privacy.ProcessorLine.State;
import pledge.store.Change;
import pledge.store.Store;

/**
 * Has processors delete their copies of records that are gone: each is asked until its copy is,
 * however long that takes, and none holds up another.
 */
public final class RemoteCopies {
  private final Store store;
  private final Custodians custodians;
  private final InstantSource clock;

  public RemoteCopies(Store store, Custodians custodians, InstantSource clock) {
    this.store = store;
    this.custodians = custodians;
    this.clock = clock;
  }

  /**
   * Goes on with one.
   *
   * @param sort of its row in the list, as a stream told of it
   * @return its processor, where somebody has to see to it
   * @throws pledge.vault.UnavailableException where the database did not answer: to be tried again
   */
  public Set<Processor> advance(String sort) {
    var found = RemoteCopy.at(store, sort);
    if (found.isEmpty()) {
      return Set.of();
    }
    var processor = RemoteCopy.processor(found.get());
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var before = found.get().value().answer();
    var line = before;
    if (found.get().value().isDue(now)) {
      line = custodians.ask(processor, before, List.of(RemoteCopy.number(found.get())), now);
      if (line.state() == State.GONE) {
        store.delete(found.get().ref());
        return Set.of();
      }
      store.change(
          found.get().ref(),
          Change.of(Category.REMOTE_COPY)
              .where("answer", before.text())
              .set("answer", line.text()));
    }
    return line.isStuck(now) ? EnumSet.of(processor) : Set.of();
  }
}
