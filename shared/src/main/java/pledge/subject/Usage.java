package pledge.subject;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;

/**
 * That somebody used something on a day. Whoever counts adds records, and none is ever changed: a
 * day's figure is their sum.
 *
 * @param feature what was used, in lower-case letters and dashes
 */
public record Usage(LocalDate day, String feature, long requests, long tokens) {
  public static final Kind<Usage> KIND =
      new Kind<>(Category.USAGE_ANALYTICS, "USAGE", 1, Usage::write, Usage::read);

  private static final int ID_BYTES = 12;

  /** The place of one more record of that person's on that day. */
  public static Ref<Usage> of(SubjectId subject, LocalDate day) {
    return KIND.in(subject.value(), day + "#" + Secrets.text(Secrets.random(ID_BYTES)));
  }

  private Fields write() {
    return new Fields(Category.USAGE_ANALYTICS)
        .instant("day", day.atStartOfDay(ZoneOffset.UTC).toInstant())
        .text("feature", feature)
        .number("requests", requests)
        .number("tokens", tokens);
  }

  private static Usage read(Fields fields) {
    Instant day = fields.instant("day");
    return new Usage(
        LocalDate.ofInstant(day, ZoneOffset.UTC),
        fields.text("feature"),
        fields.number("requests"),
        fields.number("tokens"));
  }
}
