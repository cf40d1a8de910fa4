package pledge.subject;

import java.time.Instant;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * What a person decided. Its id in the partition says on what: a policy's id, or {@link #ADULT}.
 *
 * @param version of what was decided on; empty where it has none
 * @param hash SHA-256 of its text; empty where it has none
 */
record Consent(boolean given, String version, String hash, Instant decidedAt) {
  /** The attestation to be 18 or older (A§11). */
  static final String ADULT = "adult";

  static final Kind<Consent> KIND =
      new Kind<>(
          Category.CONSENT,
          "CONSENT",
          1,
          consent ->
              new Fields(Category.CONSENT)
                  .flag("given", consent.given)
                  .text("version", consent.version)
                  .text("hash", consent.hash)
                  .instant("decidedAt", consent.decidedAt),
          fields ->
              new Consent(
                  fields.flag("given"),
                  fields.text("version"),
                  fields.text("hash"),
                  fields.instant("decidedAt")));
}
