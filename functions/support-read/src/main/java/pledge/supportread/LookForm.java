package pledge.supportread;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import pledge.http.JsonBody;
import pledge.http.Request;
import pledge.policy.Category;
import pledge.privacy.StaffReads.Look;
import pledge.vault.SubjectId;

/** What a member of staff wants to look at. */
final class LookForm {
  private static final Pattern RECORD = Pattern.compile("[!-~]{1,200}");

  private static final String SUBJECT_RULE = "must be the id of an account";
  private static final String CATEGORY_RULE = "must be a kind of data, such as ACCOUNT";
  private static final String BEFORE_RULE = "must be the \"next\" of the page before";

  private LookForm() {}

  /** {@code subject} and {@code category}; {@code before} for a further page. */
  static Look read(Request request, String grant, String staff) {
    var body = JsonBody.of(request);
    var subject = body.text("subject", SUBJECT_RULE, SubjectId::parse);
    var category = body.text("category", CATEGORY_RULE, LookForm::category);
    var before =
        body.optionalText(
            "before",
            BEFORE_RULE,
            text -> Optional.of(text).filter(id -> RECORD.matcher(id).matches()));
    body.check();
    return new Look(staff, subject.orElseThrow(), grant, category.orElseThrow(), before.orElse(""));
  }

  private static Optional<Category> category(String text) {
    return Arrays.stream(Category.values())
        .filter(category -> category.name().equals(text))
        .findFirst();
  }
}
