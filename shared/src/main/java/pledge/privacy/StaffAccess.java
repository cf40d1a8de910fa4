package pledge.privacy;

import java.time.Instant;
import java.util.Locale;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * That a member of staff looked at some of a person's data, or was refused; never what they saw. It
 * is written twice, in one transaction and before anything is read: as a row of the audit's chain,
 * so that none can be altered or be missing unseen, and with the person's own, who sees it there.
 *
 * @param id when, in epoch milliseconds, and a random part
 * @param grant what was named as allowing it
 */
public record StaffAccess(
    String id,
    SubjectId person,
    String staff,
    String grant,
    Category category,
    Purpose purpose,
    Outcome outcome,
    Instant at) {

  /** Of a page of them. */
  public static final int MOST = 100;

  /** Whether it was allowed, or why not: for the person and the audit, and not for who asked. */
  public enum Outcome {
    ALLOWED,
    /** The person has no grant of that id. */
    UNKNOWN,
    /** The grant is for other kinds of data. */
    OUT_OF_SCOPE,
    EXPIRED,
    REVOKED,
    /** The grant would allow it, but what there still is of the person is nobody's to look at. */
    BEING_ERASED;

    /** {@code out-of-scope}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** In the person's own partition of the audit. */
  public static final Kind<StaffAccess> KIND =
      new Kind<>(Category.STAFF_ACCESS, "STAFF_ACCESS", 1, StaffAccess::write, StaffAccess::read);

  /** In the chain. */
  public static final Kind<StaffAccess> ROW =
      new Kind<>(Category.STAFF_ACCESS, "", 1, StaffAccess::write, StaffAccess::read);

  /**
   * What was done to a person's data, the newest first.
   *
   * @param before where the page before ended; empty for the newest
   */
  public static Store.Page<StaffAccess> of(Store store, SubjectId person, String before) {
    return store.page(KIND, person.value(), before, MOST, Purpose.RIGHTS);
  }

  boolean isAllowed() {
    return outcome == Outcome.ALLOWED;
  }

  Ref<StaffAccess> ref() {
    return KIND.in(person.value(), id);
  }

  private Fields write() {
    return new Fields(Category.STAFF_ACCESS)
        .text("access", id)
        .text("subject", person.value())
        .text("staff", staff)
        .text("grant", grant)
        .text("category", category.name())
        .text("purpose", purpose.name())
        .text("outcome", outcome.name())
        .instant("at", at);
  }

  private static StaffAccess read(Fields fields) {
    return new StaffAccess(
        fields.text("access"),
        new SubjectId(fields.text("subject")),
        fields.text("staff"),
        fields.text("grant"),
        Category.valueOf(fields.text("category")),
        Purpose.valueOf(fields.text("purpose")),
        Outcome.valueOf(fields.text("outcome")),
        fields.instant("at"));
  }
}
