package pledge.subject;

import java.util.Optional;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/** Who has an account, for those who may know: nothing of it is opened. */
public final class Accounts {
  private final Store store;
  private final Vault vault;

  public Accounts(Backend backend) {
    this.store = backend.store();
    this.vault = backend.vault();
  }

  /** Whose account has that address. */
  public Optional<SubjectId> find(EmailAddress email) {
    return store.find(SignUps.emailIndex(vault, email));
  }

  /** Whether there is an account of that id. */
  public boolean exists(SubjectId person) {
    return store.exists(Account.KIND.in(person.value()));
  }
}
