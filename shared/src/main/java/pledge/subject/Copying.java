package pledge.subject;

import pledge.policy.Category;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Ref;
import pledge.vault.SubjectId;

/** That a person asked for a copy and waits for it: one at a time. */
public final class Copying {
  static final String FIELD = "copying";

  private Copying() {}

  /**
   * The record that it stands in: there is one as long as there is an account. Its fields can be
   * read without being opened.
   */
  public static Ref<Fields> ref(SubjectId person) {
    return Account.KIND.plain().in(person.value());
  }

  /** Where no request is open. */
  public static Change begin(String request) {
    return Change.of(Category.ACCOUNT).whereAbsent(FIELD).set(FIELD, request);
  }

  /** Where it is that request. */
  public static Change end(String request) {
    return Change.of(Category.ACCOUNT).where(FIELD, request).remove(FIELD);
  }
}
