package pledge.retention.stream;

import java.time.InstantSource;
import pledge.policy.Category;
import pledge.privacy.RemoteCopy;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.subject.Sessions;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/**
 * What must follow when a record's time is over: the same, however often it is asked for. An index
 * entry needs nothing, for it ends with its record.
 */
final class Consequences {
  private final Store store;
  private final Sessions sessions;
  private final Vault vault;

  Consequences(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.sessions = new Sessions(store, clock);
    this.vault = backend.vault();
  }

  /**
   * Does it.
   *
   * @throws pledge.vault.UnavailableException where it cannot be done now
   */
  void follow(Category category, Expired expired) {
    RemoteCopy.note(store, category, expired.sort(), expired.at());
    if (category == Category.SESSION) {
      sessions.ended(new SubjectId(expired.partition()), expired.id(), expired.at());
    } else if (category == Category.SIGN_UP) {
      // Nobody confirmed it: its message, its key and what that sealed need not wait for TTL.
      vault.destroyVoidSubjectKey(new SubjectId(expired.partition()));
    }
  }
}
