package pledge.policy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes the record of processing activities of a controller (GDPR Art. 30(1)). */
final class RecordOfProcessing {
  private RecordOfProcessing() {}

  static String text() {
    return Template.fill(
        "record-of-processing.md",
        Map.of(
            "controller",
            Controller.NAME,
            "address",
            Controller.ADDRESS,
            "email",
            Controller.EMAIL,
            "activities",
            sections(true),
            "impersonal",
            sections(false),
            "recipients",
            recipients(),
            "tables",
            tables()));
  }

  private static String sections(boolean personal) {
    return Arrays.stream(Category.values())
        .filter(category -> category.personal() == personal)
        .map(RecordOfProcessing::section)
        .collect(Collectors.joining("\n\n"));
  }

  private static String section(Category category) {
    var rows = new LinkedHashMap<String, String>();
    rows.put("Comes from", join(category.clauses()));
    rows.put("Purposes (b)", Words.purposes(category, new TreeSet<>(List.of(Audience.values()))));
    rows.put(
        "Data subjects (c)",
        category.personal()
            ? Words.and(
                Arrays.stream(Audience.values())
                    .filter(category.audiences()::contains)
                    .map(Audience::words)
                    .toList())
            : "none");
    rows.put("Data (c)", fields(category));
    rows.put("Recipients (d)", Words.recipients(category));
    if (!category.holdings().isEmpty()) {
      rows.put("Held by processors (d)", Words.holdings(category));
    }
    rows.put("Time limit (f)", category.retention().words());
    rows.put("At erasure (f)", category.atErasure().words());
    rows.put("Where", "table " + category.table().id());
    rows.put("Path from the person", category.ownerPath().words());
    rows.put("Protection (g)", category.keyScheme().words());
    rows.put("In exports", Words.exported(category));
    return "### %s: %s\n\n%s"
        .formatted(
            category.name(),
            category.words(),
            Words.bullets(
                rows.entrySet().stream()
                    .map(row -> row.getKey() + ": " + row.getValue())
                    .toList()));
  }

  private static String fields(Category category) {
    return category.fields().stream()
        .map(
            field ->
                "%s (%s)"
                    .formatted(
                        field.words(),
                        switch (field.protection()) {
                          case SEALED -> "sealed";
                          case CLEAR -> "clear";
                        }))
        .collect(Collectors.joining("; "));
  }

  private static String recipients() {
    return Words.bullets(
        Arrays.stream(Processor.values())
            .map(
                processor ->
                    "%s (%s): %s. Safeguard: %s."
                        .formatted(
                            processor.shortName(),
                            processor.company(),
                            processor.country(),
                            processor.safeguard()))
            .toList());
  }

  private static String tables() {
    return Words.bullets(
        Arrays.stream(Table.values())
            .map(
                table ->
                    "%s: %s; %s"
                        .formatted(
                            table.id(),
                            table.words(),
                            table.backupDays() == 0
                                ? "no backup"
                                : "backups reach back " + table.backupDays() + " days"))
            .toList());
  }

  private static String join(Iterable<Clause> clauses) {
    var all = new java.util.StringJoiner(", ");
    clauses.forEach(clause -> all.add(clause.toString()));
    return all.toString();
  }
}
