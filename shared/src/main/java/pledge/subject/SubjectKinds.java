package pledge.subject;

import java.util.List;
import java.util.Set;
import pledge.store.Kind;

/** Every kind of record about a person or organisation that is written by now. */
public final class SubjectKinds {
  public static final List<Kind<?>> ALL =
      List.of(
          Account.KIND,
          Consent.KIND,
          Credential.KIND,
          Link.KIND,
          Notice.KIND,
          SecurityEvent.KIND,
          Session.KIND,
          SignUp.KIND,
          TextMessage.KIND,
          Usage.KIND);

  /** The records that say that a partition is a person's: one of them stands in each. */
  public static final Set<Kind<?>> PEOPLE = Set.of(Account.KIND, SignUp.KIND);

  private SubjectKinds() {}
}
