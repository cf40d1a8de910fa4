package pledge.privacy;

import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.SubjectId;

/**
 * That a member of staff was told that an account is a minor's (A§11), in the audit's chain.
 *
 * @param staff who was told, as the audit knows them
 * @param request the erasure that was opened, or begins at once, for this and another's report
 */
public record MinorReport(
    SubjectId subject, String staff, Source source, Optional<String> request) {
  /** Who told us. There is no room for a story: it would stay for years, and name somebody. */
  public enum Source {
    PERSON,
    PARENT,
    SCHOOL,
    AUTHORITY,
    SOMEBODY_ELSE
  }

  static final Kind<MinorReport> KIND =
      new Kind<>(Category.MINOR_REPORT, "MINOR", 1, MinorReport::write, MinorReport::read);

  private Fields write() {
    var fields =
        new Fields(Category.MINOR_REPORT)
            .text("subject", subject.value())
            .text("staff", staff)
            .text("source", source.name());
    request.ifPresent(id -> fields.text("request", id));
    return fields;
  }

  private static MinorReport read(Fields fields) {
    return new MinorReport(
        new SubjectId(fields.text("subject")),
        fields.text("staff"),
        Source.valueOf(fields.text("source")),
        fields.optionalText("request"));
  }
}
