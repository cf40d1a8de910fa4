package pledge.subject;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * What a person decided, or was told of and has not decided yet. Its id in the partition says on
 * what: {@code DOCUMENT#VERSION} of a policy, or {@link #ADULT}.
 *
 * @param version of what was decided on; empty where it has none
 * @param hash SHA-256 of its text; empty where it has none
 * @param toldAt when the person was written to that the policy changes
 * @param decidedAt empty as long as the person says nothing
 */
record Consent(
    boolean given,
    String version,
    String hash,
    Optional<Instant> toldAt,
    Optional<Instant> decidedAt) {
  /** The attestation to be 18 or older (A§11). */
  static final String ADULT = "adult";

  static final Kind<Consent> KIND =
      new Kind<>(Category.CONSENT, "CONSENT", 1, Consent::write, Consent::read);

  /** The same records, as far as they are clear: when the person was told, if they were. */
  static Kind<Optional<Instant>> told() {
    return new Kind<>(
        KIND.category(),
        KIND.prefix(),
        KIND.schemaVersion(),
        at -> {
          throw new UnsupportedOperationException("they are only read so");
        },
        fields -> fields.optionalInstant("toldAt"));
  }

  static Consent decided(boolean given, String version, String hash, Instant at) {
    return new Consent(given, version, hash, Optional.empty(), Optional.of(at));
  }

  /** Of a version that the person is told of. */
  static Consent told(String version, String hash, Instant at) {
    return new Consent(false, version, hash, Optional.of(at), Optional.empty());
  }

  /** The same decision of somebody who was told before. */
  Consent after(Consent told) {
    return new Consent(given, version, hash, told.toldAt, decidedAt);
  }

  /** The id of what is decided on a version of a policy. */
  static String id(String document, String version) {
    return document + "#" + version;
  }

  private Fields write() {
    var fields =
        new Fields(Category.CONSENT)
            .flag("given", given)
            .text("version", version)
            .text("hash", hash);
    toldAt.ifPresent(at -> fields.instant("toldAt", at));
    decidedAt.ifPresent(at -> fields.instant("decidedAt", at));
    return fields;
  }

  private static Consent read(Fields fields) {
    return new Consent(
        fields.flag("given"),
        fields.text("version"),
        fields.text("hash"),
        fields.optionalInstant("toldAt"),
        fields.optionalInstant("decidedAt"));
  }
}
