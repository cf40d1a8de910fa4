package pledge.incident;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pledge.http.Characters;
import pledge.http.JsonBody;
import pledge.http.Request;
import pledge.policy.Category;
import pledge.privacy.IncidentEntry.Extent;
import pledge.privacy.IncidentEntry.Step;
import pledge.privacy.Incidents;

/** What staff say of an incident. */
final class IncidentForm {
  private static final int LONGEST_LINE = 100;
  private static final int LONGEST_TEXT = 2_000;
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

  private static final String LINE_RULE = "must be 1 to 100 characters, on one line";
  private static final String TEXT_RULE = "must be 1 to 2,000 characters";
  private static final String TIME_RULE = "must be a time that has passed: 2026-11-21T09:30:00Z";
  private static final String CATEGORIES_RULE =
      "must be a list of kinds of data: "
          + Stream.of(Category.values()).map(Category::name).collect(Collectors.joining(", "));

  private IncidentForm() {}

  /**
   * {@code kind}, {@code categories}, {@code beganAt} and {@code measures}; {@code endedAt} if it
   * did, {@code foundAt} if not just now.
   */
  static Step.Opened opening(Request request, Instant now) {
    var body = JsonBody.of(request);
    var kind = body.text("kind", LINE_RULE, IncidentForm::line);
    var categories = categories(body);
    var beganAt = body.text("beganAt", TIME_RULE, text -> past(text, now));
    var endedAt = past("endedAt", body, now);
    var foundAt = past("foundAt", body, now).orElseGet(() -> now.truncatedTo(ChronoUnit.MILLIS));
    var measures = body.text("measures", TEXT_RULE, IncidentForm::text);
    var extent = new Extent(categories, beganAt, endedAt);
    Incidents.unfitting(extent, foundAt)
        .ifPresent(unfitting -> body.invalid(unfitting.field(), unfitting.rule(), ""));
    body.check();
    return new Step.Opened(kind.orElseThrow(), extent, foundAt, measures.orElseThrow());
  }

  /**
   * Any of {@code measures}, {@code categories}, {@code beganAt}, {@code endedAt}, {@code
   * reportedAt}; {@code tellPeople} with {@code consequences} and {@code advice}; {@code closed},
   * with {@code notReportedBecause} where it was not.
   */
  static Incidents.Change change(Request request, Instant now) {
    var body = JsonBody.of(request);
    var change =
        new Incidents.Change(
            body.optionalText("measures", TEXT_RULE, IncidentForm::text),
            body.has("categories") ? categories(body) : Set.of(),
            past("beganAt", body, now),
            past("endedAt", body, now),
            past("reportedAt", body, now),
            telling(body),
            closing(body));
    body.check();
    return change;
  }

  private static Optional<Step.TellingBegun> telling(JsonBody body) {
    if (!body.has("tellPeople")) {
      return Optional.empty();
    }
    body.mustBeTrue("tellPeople", "must be true, or left out");
    var consequences = body.text("consequences", TEXT_RULE, IncidentForm::text);
    var advice = body.text("advice", TEXT_RULE, IncidentForm::text);
    return consequences.flatMap(one -> advice.map(other -> new Step.TellingBegun(one, other)));
  }

  private static Optional<Step.Closed> closing(JsonBody body) {
    if (!body.has("closed")) {
      return Optional.empty();
    }
    body.mustBeTrue("closed", "must be true, or left out");
    return Optional.of(
        new Step.Closed(body.optionalText("notReportedBecause", TEXT_RULE, IncidentForm::text)));
  }

  private static Set<Category> categories(JsonBody body) {
    var categories = EnumSet.noneOf(Category.class);
    var names = body.list("categories", CATEGORIES_RULE);
    for (var category : Category.values()) {
      if (names.contains(category.name())) {
        categories.add(category);
      }
    }
    return categories.isEmpty() || categories.size() < names.size()
        ? body.invalid("categories", CATEGORIES_RULE, Set.of())
        : categories;
  }

  private static Optional<Instant> past(String name, JsonBody body, Instant now) {
    return body.optionalText(name, TIME_RULE, text -> past(text, now));
  }

  private static Optional<Instant> past(String text, Instant now) {
    try {
      return Optional.of(Instant.parse(text))
          .filter(time -> !time.isBefore(EARLIEST) && !time.isAfter(now))
          // As it is stored.
          .map(time -> time.truncatedTo(ChronoUnit.MILLIS));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> line(String text) {
    return Characters.legible(text, LONGEST_LINE).filter(line -> line.indexOf('\n') < 0);
  }

  private static Optional<String> text(String text) {
    return Characters.legible(text, LONGEST_TEXT);
  }
}
