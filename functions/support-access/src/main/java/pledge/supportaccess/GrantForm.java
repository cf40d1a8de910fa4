package pledge.supportaccess;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import pledge.http.Characters;
import pledge.http.JsonBody;
import pledge.http.Request;
import pledge.policy.Category;
import pledge.privacy.SupportGrant.Why;
import pledge.subject.EmailAddress;
import pledge.vault.SubjectId;

/** What somebody wants staff to be able to look at. */
record GrantForm(Set<Category> categories, Duration time) {
  private static final int MOST_HOURS = 72;
  private static final int LONGEST_REASON = 500;

  private static final String HOURS_RULE = "must be a whole number from 1 to 72";
  private static final String REASON_RULE = "must be 1 to 500 characters";
  private static final String SUBJECT_RULE = "must be the id of an account, or left out for email";
  private static final String EMAIL_RULE = "must be an e-mail address, or left out for subject";
  private static final String KIND_RULE = "must be troubleshooting or legal-duty";

  /** Of the person: {@code categories} and {@code hours}. */
  static GrantForm read(Request request) {
    var body = JsonBody.of(request);
    var form = read(body, Why.REQUESTED);
    body.check();
    return form;
  }

  /**
   * Of staff: in addition {@code kind}, {@code reason}, and {@code subject} or {@code email}.
   *
   * @param grant what is asked for, should the person be found
   */
  record OfStaff(
      Optional<SubjectId> subject,
      Optional<EmailAddress> email,
      Why why,
      String reason,
      GrantForm grant) {
    static OfStaff read(Request request) {
      var body = JsonBody.of(request);
      var email = body.optionalText("email", EMAIL_RULE, EmailAddress::parse);
      var subject =
          email.isPresent() && !body.has("subject")
              ? Optional.<SubjectId>empty()
              : body.text("subject", SUBJECT_RULE, SubjectId::parse);
      if (email.isPresent() && subject.isPresent()) {
        body.invalid("email", EMAIL_RULE, "");
      }
      var why = body.text("kind", KIND_RULE, Why::ofStaff);
      var reason =
          body.text("reason", REASON_RULE, text -> Characters.legible(text, LONGEST_REASON));
      // Whatever is wrong with the kind, the rest is told too.
      var grant = GrantForm.read(body, why.orElse(Why.TROUBLESHOOTING));
      body.check();
      return new OfStaff(subject, email, why.orElseThrow(), reason.orElseThrow(), grant);
    }

    /** Whom it is about, where there is such an account. */
    Optional<SubjectId> person(Function<EmailAddress, Optional<SubjectId>> accounts) {
      return subject.or(() -> email.flatMap(accounts));
    }

    @Override
    public String toString() {
      return "GrantForm.OfStaff[redacted]";
    }
  }

  private static GrantForm read(JsonBody body, Why why) {
    var rule =
        "must be a list of kinds of data that are held "
            + why.purpose().words()
            + ": "
            + why.categories().stream().map(Category::name).collect(Collectors.joining(", "));
    var names = body.list("categories", rule);
    var categories = EnumSet.noneOf(Category.class);
    for (var category : why.categories()) {
      if (names.contains(category.name())) {
        categories.add(category);
      }
    }
    if (categories.isEmpty() || categories.size() < names.size()) {
      body.invalid("categories", rule, "");
    }
    return new GrantForm(
        categories, Duration.ofHours(body.whole("hours", HOURS_RULE, 1, MOST_HOURS)));
  }
}
