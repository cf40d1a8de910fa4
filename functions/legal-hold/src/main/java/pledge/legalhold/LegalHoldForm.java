package pledge.legalhold;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pledge.http.JsonBody;
import pledge.http.Request;
import pledge.policy.Category;
import pledge.privacy.LegalHold.Terms;
import pledge.privacy.LegalHolds;
import pledge.vault.SubjectId;

/**
 * What a member of staff proposes: whose data, which kinds of it, until when, and for what case.
 */
record LegalHoldForm(SubjectId person, Terms terms) {
  private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9_-]{22}");

  /** It stays for seven years: a case's number, in which no address or sentence finds room. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?=.*[0-9])[A-Z0-9][A-Z0-9 ./:_-]{0,39}");

  private static final String SUBJECT_RULE = "must be the random id of an account";
  private static final String UNTIL_RULE = "must be a time to come, three years from now at most";
  private static final String REFERENCE_RULE =
      "must be a case's number that names nobody: 1 to 40 of A-Z, 0-9, spaces and ./:_-, a digit"
          + " among them";
  private static final String CATEGORIES_RULE =
      "must be a list of kinds of data that are kept until somebody is erased: "
          + LegalHolds.HOLDABLE.stream().map(Category::name).collect(Collectors.joining(", "));

  /**
   * {@code subject}, {@code categories}, {@code until}, {@code reference}; {@code undisclosed},
   * where the law forbids to tell the person.
   */
  static LegalHoldForm of(Request request, Instant now) {
    var body = JsonBody.of(request);
    var person =
        body.text(
            "subject",
            SUBJECT_RULE,
            text ->
                SUBJECT.matcher(text).matches()
                    ? Optional.of(new SubjectId(text))
                    : Optional.empty());
    var categories = categories(body);
    var until = body.text("until", UNTIL_RULE, text -> toCome(text, now));
    var reference =
        body.text(
            "reference",
            REFERENCE_RULE,
            text -> Optional.of(text).filter(it -> REFERENCE.matcher(it).matches()));
    var undisclosed = body.has("undisclosed");
    if (undisclosed) {
      body.mustBeTrue("undisclosed", "must be true, or left out");
    }
    body.check();
    return new LegalHoldForm(
        person.orElseThrow(),
        new Terms(categories, until.orElseThrow(), reference.orElseThrow(), undisclosed));
  }

  private static Set<Category> categories(JsonBody body) {
    var names = body.list("categories", CATEGORIES_RULE);
    var categories = EnumSet.noneOf(Category.class);
    for (var category : Category.values()) {
      if (names.contains(category.name())) {
        category
            .whyNotHeld()
            .ifPresent(why -> body.invalid("categories", category + " " + why, List.of()));
        categories.add(category);
      }
    }
    return categories.isEmpty() || categories.size() < names.size()
        ? body.invalid("categories", CATEGORIES_RULE, Set.of())
        : categories;
  }

  private static Optional<Instant> toCome(String text, Instant now) {
    try {
      return Optional.of(Instant.parse(text).truncatedTo(ChronoUnit.SECONDS))
          .filter(time -> time.isAfter(now) && !time.isAfter(now.plus(LegalHolds.LONGEST)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
