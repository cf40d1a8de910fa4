package pledge.subject;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * A person's account: it is there once the address is confirmed.
 *
 * @param confirmation SHA-256 of the token that confirmed it, so that confirming twice is no error
 * @param copying the open request for a copy
 */
record Account(
    String name,
    EmailAddress email,
    Instant createdAt,
    byte[] confirmation,
    Optional<String> copying) {
  static final Kind<Account> KIND =
      new Kind<>(
          Category.ACCOUNT,
          "ACCOUNT",
          1,
          Account::write,
          fields ->
              new Account(
                  fields.text("name"),
                  EmailAddress.stored(fields.text("email")),
                  fields.instant("createdAt"),
                  fields.bytes("confirmation"),
                  fields.optionalText(Copying.FIELD)));

  private Fields write() {
    var fields =
        new Fields(Category.ACCOUNT)
            .text("name", name)
            .text("email", email.value())
            .instant("createdAt", createdAt)
            .bytes("confirmation", confirmation);
    copying.ifPresent(request -> fields.text(Copying.FIELD, request));
    return fields;
  }
}
