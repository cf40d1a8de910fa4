package pledge.pledges;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pledge.policy.Pledge;
import pledge.policy.Quote;
import pledge.privacy.PledgeCheck;

/** The public page: each promise in the policies' own words, and what shows that it is kept. */
final class PledgesPage {
  /** A daily check that is older than this was missed. */
  private static final Duration STALE = Duration.ofHours(26);

  private PledgesPage() {}

  static String of(Sheet sheet) {
    return """
        <h1>What we promise, and whether we keep it</h1>
        <p role="status">%s</p>
        <p>Each promise below stands in one of our two privacy policies, in these words. The software that you use is built \
        from the same declarations. Beside a promise stands what shows that it is kept, and how old that is: the last check \
        of the running software, as it is, good or bad; and the tests that carry the name of the promise, all of which must \
        pass before any change is released. A test proves of a promise what the test is named for, in the parts that are \
        built. A promise with neither is not built yet. The same as \
        <a href="/pledges" type="application/json">JSON</a> for a program that asks for it.</p>
        %s"""
        .formatted(
            summary(sheet),
            Stream.of(Pledge.Group.values())
                .map(group -> section(group, sheet))
                .collect(Collectors.joining("\n")));
  }

  private static String summary(Sheet sheet) {
    var tested = 0;
    var unbuilt = 0;
    for (var pledge : Pledge.values()) {
      tested += sheet.tests().of(pledge).isEmpty() ? 0 : 1;
      unbuilt += sheet.isBuilt(pledge) ? 0 : 1;
    }
    return "%s Proved by tests: %d. Not built yet: %d.".formatted(checks(sheet), tested, unbuilt);
  }

  private static String checks(Sheet sheet) {
    if (sheet.checks().isEmpty()) {
      return "%d pledges. No check has run yet.".formatted(Pledge.values().length);
    }
    return "%d pledges, %d of them checked while the software runs: %d kept, %d at risk, %d broken."
        .formatted(
            Pledge.values().length,
            sheet.checks().size(),
            sheet.count(PledgeCheck.Result.KEPT),
            sheet.count(PledgeCheck.Result.AT_RISK),
            sheet.count(PledgeCheck.Result.BROKEN));
  }

  private static String section(Pledge.Group group, Sheet sheet) {
    return "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n%s</section>"
        .formatted(
            group.name(),
            group.name(),
            Page.escape(group.title()),
            Stream.of(Pledge.values())
                .filter(pledge -> pledge.group() == group)
                .map(pledge -> article(pledge, sheet))
                .collect(Collectors.joining()));
  }

  private static String article(Pledge pledge, Sheet sheet) {
    return """
        <article id="%1$s">
        <h3><a href="#%1$s">%1$s</a></h3>
        %2$s
        <p>%3$s</p>
        %4$s
        </article>
        """
        .formatted(
            pledge.id(),
            pledge.quotes().stream().map(PledgesPage::quote).collect(Collectors.joining("\n")),
            Page.escape(sentence(pledge.enforcement())),
            evidence(pledge, sheet));
  }

  private static String quote(Quote quote) {
    return "<blockquote><p>“%s”</p><cite>%s, %s</cite></blockquote>"
        .formatted(
            Page.escape(quote.words()),
            Page.escape(quote.clause().policy().title()),
            Page.escape(quote.clause().toString()));
  }

  private static String evidence(Pledge pledge, Sheet sheet) {
    return sheet.isBuilt(pledge)
        ? sheet.check(pledge).map(check -> evidence(check, sheet)).orElse("") + tests(pledge, sheet)
        : "<p><strong>Not built yet.</strong></p>";
  }

  private static String tests(Pledge pledge, Sheet sheet) {
    var tests = sheet.tests().of(pledge);
    if (tests.isEmpty()) {
      return "";
    }
    return """
        <p>Proved by %d %s, which every release must pass; the list was last changed <time datetime="%s">%s</time>.</p>
        <details><summary>Tests of %s</summary>
        <ul>
        %s</ul>
        </details>"""
        .formatted(
            tests.size(),
            tests.size() == 1 ? "test" : "tests",
            sheet.tests().asOf(),
            days(sheet.ageOfTests().toDays()),
            pledge.id(),
            tests.stream()
                .map(test -> "<li><code>" + Page.escape(test) + "</code></li>\n")
                .collect(Collectors.joining()));
  }

  private static String evidence(PledgeCheck check, Sheet sheet) {
    var age = sheet.age(check);
    return "<p><strong>%s</strong>, checked <time datetime=\"%s\">%s</time>%s: %s</p>%n"
        .formatted(
            words(check.result()),
            check.at(),
            words(age),
            age.compareTo(STALE) > 0 ? " (a later check is missing)" : "",
            Page.escape(check.evidence()));
  }

  private static String words(PledgeCheck.Result result) {
    return switch (result) {
      case KEPT -> "Kept";
      case AT_RISK -> "At risk";
      case BROKEN -> "Broken";
    };
  }

  private static String words(Duration age) {
    if (age.compareTo(Duration.ofHours(2)) < 0) {
      return Math.max(0, age.toMinutes()) + " minutes ago";
    }
    return age.compareTo(Duration.of(2, ChronoUnit.DAYS)) < 0
        ? age.toHours() + " hours ago"
        : age.toDays() + " days ago";
  }

  /** A list that is newer than our clock is today's. */
  private static String days(long days) {
    if (days < 1) {
      return "today";
    }
    return days == 1 ? "1 day ago" : days + " days ago";
  }

  private static String sentence(String words) {
    return words.endsWith(".") ? words : words + ".";
  }
}
