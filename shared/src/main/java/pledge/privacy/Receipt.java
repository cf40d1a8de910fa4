package pledge.privacy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;

/**
 * What the holder of a receipt gets: that somebody was erased, as a JSON Web Signature (RFC 7515,
 * compact, ES256) that anybody can check.
 *
 * @param id random; whoever holds it may see the receipt
 * @param subject the id that the account had; it leads to nobody any more
 */
public record Receipt(String id, SubjectId subject, Instant completedAt, String signed) {
  static final Kind<Receipt> KIND =
      new Kind<>(Category.ERASURE_RECEIPT, "RECEIPT", 1, Receipt::write, Receipt::read);

  /** Whose receipt one will be: from before its id is mailed until it is there. */
  static final Kind<SubjectId> EXPECTED =
      new Kind<>(
          Category.OPEN_REQUEST,
          "EXPECTED",
          1,
          subject -> new Fields(Category.OPEN_REQUEST).text("subject", subject.value()),
          fields -> new SubjectId(fields.text("subject")));

  static Ref<Receipt> ref(String id) {
    return KIND.in("receipt#" + id);
  }

  static Ref<SubjectId> expected(String id) {
    return EXPECTED.in("expected-receipt#" + id);
  }

  /** Whose erasure goes on that a receipt of that id will be of. */
  public static Optional<SubjectId> expectedBy(Store store, String id) {
    return store.get(expected(id), Purpose.RIGHTS).map(Found::value);
  }

  /** The receipt of that id; empty where there is none, or not yet. */
  public static Optional<Receipt> of(Store store, String id) {
    return store.get(ref(id), Purpose.RIGHTS).map(Found::value);
  }

  Row row() {
    return new Row(
        id, subject, completedAt, Secrets.sha256(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * A receipt in the audit's chain: none can be altered, or be missing, unseen. After a restore of
   * a backup it says who must not come back.
   *
   * @param hash SHA-256 of the signed receipt
   */
  public record Row(String id, SubjectId subject, Instant completedAt, byte[] hash) {
    static final Kind<Row> KIND =
        new Kind<>(Category.ERASURE_RECEIPT, "ERASED", 1, Row::write, Row::read);

    private Fields write() {
      return new Fields(Category.ERASURE_RECEIPT)
          .text("receipt", id)
          .text("subject", subject.value())
          .instant("completedAt", completedAt)
          .bytes("hash", hash);
    }

    private static Row read(Fields fields) {
      return new Row(
          fields.text("receipt"),
          new SubjectId(fields.text("subject")),
          fields.instant("completedAt"),
          fields.bytes("hash"));
    }
  }

  private Fields write() {
    return new Fields(Category.ERASURE_RECEIPT)
        .text("receipt", id)
        .text("subject", subject.value())
        .instant("completedAt", completedAt)
        .text("signed", signed);
  }

  private static Receipt read(Fields fields) {
    return new Receipt(
        fields.text("receipt"),
        new SubjectId(fields.text("subject")),
        fields.instant("completedAt"),
        fields.text("signed"));
  }
}
