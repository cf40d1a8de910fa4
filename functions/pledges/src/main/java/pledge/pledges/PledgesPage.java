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
        from the same declarations. Where a promise is watched while the software runs, the last result is shown as it is, \
        good or bad. One without a result is not watched yet; where its part is built, tests that carry its name must pass \
        before any change is released. The same as <a href="/pledges" type="application/json">JSON</a> for a program that \
        asks for it.</p>
        %s"""
        .formatted(
            summary(sheet),
            Stream.of(Pledge.Group.values())
                .map(group -> section(group, sheet))
                .collect(Collectors.joining("\n")));
  }

  private static String summary(Sheet sheet) {
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
            sheet
                .check(pledge)
                .map(check -> evidence(check, sheet))
                .orElse("<p><strong>Not watched yet.</strong></p>"));
  }

  private static String quote(Quote quote) {
    return "<blockquote><p>“%s”</p><cite>%s, %s</cite></blockquote>"
        .formatted(
            Page.escape(quote.words()),
            Page.escape(quote.clause().policy().title()),
            Page.escape(quote.clause().toString()));
  }

  private static String evidence(PledgeCheck check, Sheet sheet) {
    var age = sheet.age(check);
    return "<p><strong>%s</strong>, checked <time datetime=\"%s\">%s</time>%s: %s</p>"
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

  private static String sentence(String words) {
    return words.endsWith(".") ? words : words + ".";
  }
}
