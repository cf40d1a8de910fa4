package pledge.subject;

import pledge.policy.Category;
import pledge.store.Change;
import pledge.store.Ref;
import pledge.vault.SubjectId;

/**
 * That a person asked to be erased: from then on a sign-in is good for that request and for what a
 * person takes along or brings to its end, and begins nothing new. It stands with what the person
 * signs in with, where every sign-in reads it.
 */
public final class Leaving {
  static final String FIELD = "leaving";

  private Leaving() {}

  /** The record that it stands in. */
  public static Ref<?> ref(SubjectId person) {
    return Credential.KIND.in(person.value());
  }

  /** That no request is open: nothing new is begun for who is leaving. */
  public static Change isNot() {
    return Change.of(Category.CREDENTIAL).whereAbsent(FIELD);
  }

  /** Where no request is open. */
  public static Change begin(String request) {
    return Change.of(Category.CREDENTIAL).whereAbsent(FIELD).set(FIELD, request);
  }

  /** Where it is that request. */
  public static Change end(String request) {
    return Change.of(Category.CREDENTIAL).where(FIELD, request).remove(FIELD);
  }
}
