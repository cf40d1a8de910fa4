package pledge.privacy;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * How far a message to many people has come.
 *
 * @param walk how often everybody was gone through, this time included
 * @param cursor where this walk goes on; empty before its first page
 * @param people who were looked at in this walk, and how many of them were concerned, and how many
 *     are to be looked at again
 */
record Mailing(
    long walk,
    String cursor,
    long people,
    long concerned,
    long failed,
    Instant beganAt,
    Optional<Instant> endedAt) {
  static final Kind<Mailing> KIND =
      new Kind<>(Category.MAILING, "MAILING", 1, Mailing::write, Mailing::read);

  static Mailing beginning(Instant now) {
    return new Mailing(1, "", 0, 0, 0, now, Optional.empty());
  }

  /** After one more page: what a walk counts, it counts from its beginning. */
  Mailing after(String next, long morePeople, long moreConcerned, long moreFailed) {
    var first = cursor.isEmpty();
    return new Mailing(
        walk,
        next,
        (first ? 0 : people) + morePeople,
        (first ? 0 : concerned) + moreConcerned,
        (first ? 0 : failed) + moreFailed,
        beganAt,
        endedAt);
  }

  Mailing again() {
    return new Mailing(walk + 1, "", people, concerned, failed, beganAt, endedAt);
  }

  Mailing ended(Instant now) {
    return new Mailing(walk, "", people, concerned, failed, beganAt, Optional.of(now));
  }

  private Fields write() {
    var fields =
        new Fields(Category.MAILING)
            .number("walk", walk)
            .text("cursor", cursor)
            .number("people", people)
            .number("concerned", concerned)
            .number("failed", failed)
            .instant("beganAt", beganAt);
    endedAt.ifPresent(at -> fields.instant("endedAt", at));
    return fields;
  }

  private static Mailing read(Fields fields) {
    return new Mailing(
        fields.number("walk"),
        fields.text("cursor"),
        fields.number("people"),
        fields.number("concerned"),
        fields.number("failed"),
        fields.instant("beganAt"),
        fields.optionalInstant("endedAt"));
  }
}
