package pledge.subject;

import java.time.Instant;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * A person's account: it is there once the address is confirmed.
 *
 * @param confirmation SHA-256 of the token that confirmed it, so that confirming twice is no error
 */
record Account(String name, EmailAddress email, Instant createdAt, byte[] confirmation) {
  static final Kind<Account> KIND =
      new Kind<>(
          Category.ACCOUNT,
          "ACCOUNT",
          1,
          account ->
              new Fields(Category.ACCOUNT)
                  .text("name", account.name)
                  .text("email", account.email.value())
                  .instant("createdAt", account.createdAt)
                  .bytes("confirmation", account.confirmation),
          fields ->
              new Account(
                  fields.text("name"),
                  EmailAddress.stored(fields.text("email")),
                  fields.instant("createdAt"),
                  fields.bytes("confirmation")));
}
