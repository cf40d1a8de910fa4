package pledge.privacy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pledge.policy.Category;
import pledge.policy.Controller;
import pledge.policy.Holding;
import pledge.policy.Processor;

/**
 * The page that a copy begins with: what is in it, and what else a person is to be told with it
 * (GDPR Art. 15(1)). Its words are the declarations', and it opens without us.
 */
final class CopyIndex {
  private final String issuer;
  private final Instant now;

  CopyIndex(String issuer, Instant now) {
    this.issuer = issuer;
    this.now = now;
  }

  String page(Map<Category, Long> counts, Map<Processor, List<String>> documents) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>A copy of your data</title>
    <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 0 auto; padding: 1rem }
    h2 { font-size: 1.1rem; margin-block: 2rem 0 }
    p, ul { margin-block: .25rem }
    </style>
    </head>
    <body>
    <h1>A copy of your data</h1>
    <p>Made on %1$s (UTC) by %2$s, from all that we hold about you. Each kind of data is there twice:
    as JSON, for programs, and as CSV, for spreadsheets. <a href="schema.json">schema.json</a> says
    what each field means; it is published at %3$s as well.</p>
    %4$s
    %5$s
    <h1>What is not in it</h1>
    <ul>
    %6$s
    </ul>
    <p>Nothing that would open something is in it either: no hash of a password, no token, no key.
    In the CSV, a text that a spreadsheet would calculate has a ' before it.</p>
    <h1>Your rights</h1>
    <p>You can correct your data, delete your account, restrict or object to what we do with your
    data, take a consent back at any time, and complain to a supervisory authority: in your account
    at %7$s, or by mail to %8$s. What we do with your data, and where we have it from when not from
    you, stands at %7$s/privacy. Nothing is decided about you by machines alone.</p>
    </body>
    </html>
    """
        .formatted(
            now.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", ""),
            Controller.NAME,
            issuer + CopySchema.PATH,
            counts.entrySet().stream()
                .map(entry -> section(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n")),
            documents.entrySet().stream()
                .map(entry -> section(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n")),
            missing(counts),
            issuer,
            Controller.EMAIL);
  }

  private static String section(Category category, long count) {
    var name = CopySchema.name(category);
    return """
    <h2>%s</h2>
    <p>%s: <a href="data/%s.json">JSON</a>, <a href="data/%s.csv">CSV</a></p>
    <ul>
    <li>What for: %s</li>
    <li>How long: %s</li>
    <li>Who else gets some of it: %s</li>
    </ul>\
    """
        .formatted(
            capitalised(category.words()),
            count == 1 ? "1 record" : count + " records",
            name,
            name,
            category.purposes().stream()
                .map(
                    purpose ->
                        purpose.words() + " (" + category.legalBasis(purpose).article() + " GDPR)")
                .collect(Collectors.joining("; ")),
            category.retention().words(),
            recipients(category));
  }

  private static String section(Processor processor, List<String> files) {
    return """
    <h2>What %s holds</h2>
    <p>%s</p>\
    """
        .formatted(
            processor.shortName(),
            files.stream()
                .map(file -> "<a href=\"%1$s\">%1$s</a>".formatted(file))
                .collect(Collectors.joining(", ")));
  }

  /** Kinds of data that are kept of people, and not shown, or of which there is none. */
  private static String missing(Map<Category, Long> counts) {
    var kept = Stream.of(Category.values()).filter(Category::personal).toList();
    var why =
        kept.stream()
            .flatMap(
                category ->
                    category.whyNotExported().stream()
                        .map(it -> capitalised(category.words()) + ": " + it));
    var none =
        kept.stream()
            .filter(
                category -> category.whyNotExported().isEmpty() && !counts.containsKey(category))
            .map(category -> capitalised(category.words()) + ": we hold none");
    return Stream.concat(why, none)
        .map(line -> "<li>" + line + "</li>")
        .collect(Collectors.joining("\n"));
  }

  private static String recipients(Category category) {
    var all =
        Stream.concat(
                category.seenBy().stream(), category.holdings().stream().map(Holding::processor))
            .distinct()
            .map(processor -> processor.shortName() + " (" + processor.country() + ")")
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? "nobody" : all;
  }

  private static String capitalised(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
