package pledge.subject;

import java.time.Instant;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/** What a person signs in with: a password's hash in the PHC string format. */
record Credential(String passwordHash, Instant changedAt) {
  static final Kind<Credential> KIND =
      new Kind<>(
          Category.CREDENTIAL,
          "CREDENTIAL",
          1,
          credential ->
              new Fields(Category.CREDENTIAL)
                  .text("passwordHash", credential.passwordHash)
                  .instant("changedAt", credential.changedAt),
          fields -> new Credential(fields.text("passwordHash"), fields.instant("changedAt")));

  @Override
  public String toString() {
    return "Credential[redacted]";
  }
}
