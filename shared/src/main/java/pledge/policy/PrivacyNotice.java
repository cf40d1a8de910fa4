package pledge.policy;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Makes the text of a {@link PolicyDocument} (GDPR Art. 13): prose from its template, and from the
 * declarations all that they know.
 */
final class PrivacyNotice {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MMMM d, uuuu", Locale.ENGLISH);

  private final PolicyDocument document;
  private final Audience audience;
  private final List<Category> categories;

  PrivacyNotice(PolicyDocument document) {
    this.document = document;
    this.audience = document.audience();
    this.categories =
        Arrays.stream(Category.values())
            .filter(Category::personal)
            .filter(category -> category.audiences().contains(audience))
            .toList();
  }

  String text() {
    var values = new LinkedHashMap<String, String>();
    values.put("date", LocalDate.parse(document.version()).format(DATE));
    values.put("version", document.version());
    values.put("controller", Controller.NAME);
    values.put("address", Controller.ADDRESS);
    values.put("email", Controller.EMAIL);
    values.put("purposes", purposes());
    values.put("processors", processors());
    values.put("retention", retention());
    values.put("kept", kept());
    values.put("backups", backups());
    values.put("correctable", correctable());
    values.put("details", details());
    for (var passage : List.of("deletion", "rights", "transfers", "required")) {
      values.put(passage, Template.passage("passage-" + passage + ".md"));
    }
    return Template.fill(document.id() + ".md", values);
  }

  private String purposes() {
    var used = new TreeSet<Purpose>();
    categories.forEach(category -> used.addAll(category.purposes()));
    return Words.bullets(
        used.stream()
            .filter(purpose -> purpose.audiences().contains(audience))
            .map(
                purpose ->
                    "%s (%s)."
                        .formatted(
                            Words.capitalised(purpose.words()), Words.basis(purpose.basis())))
            .toList());
  }

  private String processors() {
    return Words.bullets(
        Words.processors(categories).stream()
            .map(
                processor ->
                    "**%s** (%s): %s. Where: %s. Its privacy policy: <%s>."
                        .formatted(
                            processor.shortName(),
                            processor.company(),
                            processor.service(),
                            processor.country(),
                            processor.privacyPolicy()))
            .toList());
  }

  private String retention() {
    var byPeriod = new LinkedHashMap<String, List<String>>();
    for (var category : categories) {
      byPeriod
          .computeIfAbsent(category.retention().words(), period -> new ArrayList<>())
          .add(category.words());
    }
    return Words.bullets(
        byPeriod.entrySet().stream()
            .map(
                entry ->
                    "**%s:** %s."
                        .formatted(
                            Words.capitalised(entry.getKey()), String.join("; ", entry.getValue())))
            .toList());
  }

  private String kept() {
    var kept = new ArrayList<String>();
    for (var category : categories) {
      switch (category.atErasure()) {
        case AtErasure.Erased() -> {}
        case AtErasure.Kept(var why) ->
            kept.add(
                "%s, %s: %s."
                    .formatted(
                        Words.capitalised(category.words()), category.retention().words(), why));
      }
    }
    return Words.bullets(kept);
  }

  private String backups() {
    var byDays = new TreeMap<Integer, TreeSet<Table>>();
    for (var category : categories) {
      byDays
          .computeIfAbsent(category.table().backupDays(), days -> new TreeSet<>())
          .add(category.table());
    }
    return Words.bullets(
        byDays.entrySet().stream()
            .map(
                entry -> {
                  var days = entry.getKey();
                  var what =
                      Words.capitalised(
                          Words.and(entry.getValue().stream().map(Table::words).toList()));
                  return days == 0
                      ? what + ": no backup."
                      : "%s: backups reach back %d days.".formatted(what, days);
                })
            .toList());
  }

  private String correctable() {
    var fields = new ArrayList<String>();
    for (var category : categories) {
      category.fields().stream()
          .filter(Field::correctable)
          .map(
              field ->
                  switch (category) {
                    case API_KEY -> "the names of your API keys";
                    case ASSISTANT -> "your assistant's settings";
                    default -> field.words();
                  })
          .forEach(fields::add);
    }
    return Words.and(fields);
  }

  private String details() {
    return categories.stream().map(this::details).collect(Collectors.joining("\n\n"));
  }

  private String details(Category category) {
    var rows = new LinkedHashMap<String, String>();
    rows.put("What", Words.fields(category));
    rows.put("What for", Words.purposes(category, new TreeSet<>(List.of(audience))));
    rows.put("How long", category.retention().words());
    rows.put("How it is protected", category.keyScheme().words());
    rows.put("Who is sent it besides us", Words.recipients(category));
    if (!category.holdings().isEmpty()) {
      rows.put("What others hold for us", Words.holdings(category));
    }
    rows.put("When you are erased", category.atErasure().words());
    rows.put("In the copy of your data", Words.exported(category));
    return "### %s\n\n%s".formatted(Words.capitalised(category.words()), rows(rows));
  }

  private static String rows(Map<String, String> rows) {
    return Words.bullets(
        rows.entrySet().stream().map(row -> row.getKey() + ": " + row.getValue() + ".").toList());
  }
}
