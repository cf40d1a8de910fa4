package pledge.subject;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * What a person signs in with: a password's hash in the PHC string format.
 *
 * @param leaving the request to be erased, while one is open
 */
record Credential(String passwordHash, Instant changedAt, Optional<String> leaving) {
  static final Kind<Credential> KIND =
      new Kind<>(
          Category.CREDENTIAL,
          "CREDENTIAL",
          1,
          Credential::write,
          fields ->
              new Credential(
                  fields.text("passwordHash"),
                  fields.instant("changedAt"),
                  fields.optionalText("leaving")));

  /** Of somebody who stays. */
  Credential(String passwordHash, Instant changedAt) {
    this(passwordHash, changedAt, Optional.empty());
  }

  private Fields write() {
    var fields =
        new Fields(Category.CREDENTIAL)
            .text("passwordHash", passwordHash)
            .instant("changedAt", changedAt);
    leaving.ifPresent(request -> fields.text("leaving", request));
    return fields;
  }

  @Override
  public String toString() {
    return "Credential[redacted]";
  }
}
