package pledge.subject;

import java.util.Optional;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/** Whose account has which address. */
public final class Accounts {
  private final Store store;
  private final Vault vault;

  public Accounts(Backend backend) {
    this.store = backend.store();
    this.vault = backend.vault();
  }

  /** Who has an account with that address; a sign-up that waits for its confirmation is none. */
  public Optional<SubjectId> find(EmailAddress email) {
    return store.find(SignUps.emailIndex(vault, email));
  }
}
