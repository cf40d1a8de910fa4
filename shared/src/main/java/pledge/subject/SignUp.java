package pledge.subject;

import java.util.List;
import java.util.TreeMap;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.Json;

/**
 * A sign-up that waits for its confirmation. It is a subject of its own, with a key of its own, and
 * nobody's account until the link in the mail comes back: who signs up with another's address has
 * gained nothing when the owner does.
 *
 * @param adult that the person said to be 18 or older (A§11)
 * @param confirmation SHA-256 of the token in the mail
 */
record SignUp(
    String name,
    EmailAddress email,
    String passwordHash,
    boolean adult,
    List<Acceptance> policies,
    byte[] confirmation) {
  static final Kind<SignUp> KIND =
      new Kind<>(Category.SIGN_UP, "SIGN_UP", 1, SignUp::write, SignUp::read);

  private Fields write() {
    var versions = new TreeMap<String, Object>();
    for (var policy : policies) {
      versions.put(policy.document(), policy.version() + " " + policy.sha256());
    }
    return new Fields(Category.SIGN_UP)
        .text("name", name)
        .text("email", email.value())
        .text("passwordHash", passwordHash)
        .flag("adult", adult)
        .text("policies", Json.MAPPER.map().toJson(versions))
        .bytes("confirmation", confirmation);
  }

  private static SignUp read(Fields fields) {
    var policies =
        new TreeMap<>(Json.MAPPER.fromJsonObject(fields.text("policies")))
            .entrySet().stream()
                .map(
                    policy -> {
                      var versionAndHash = policy.getValue().toString().split(" ", -1);
                      return new Acceptance(policy.getKey(), versionAndHash[0], versionAndHash[1]);
                    })
                .toList();
    return new SignUp(
        fields.text("name"),
        EmailAddress.stored(fields.text("email")),
        fields.text("passwordHash"),
        fields.flag("adult"),
        policies,
        fields.bytes("confirmation"));
  }
}
