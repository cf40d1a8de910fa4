package pledge.pledges;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.policy.Pledge;
import pledge.privacy.PledgeCheck;
import pledge.privacy.PledgeCheck.Result;

/** The page by itself, over checks and tests that are made up. */
class PledgesPageTest {
  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
  private static final PledgeTests TESTS =
      PledgeTests.parse(
          """
          # as of 2026-11-20
          billing-7y FirstTest#keepsABill
          logs-30d FirstTest#losesALog
          logs-30d SecondTest.Nested#losesAnotherLog
          """);
  private static final Sheet SHEET =
      new Sheet(
          Map.of(
              Pledge.LOGS_30D, kept(Pledge.LOGS_30D), Pledge.CONTENT_24H, kept(Pledge.CONTENT_24H)),
          TESTS,
          NOW);

  private static PledgeCheck kept(Pledge pledge) {
    return new PledgeCheck(pledge, Result.KEPT, "all keys", NOW);
  }

  @Test
  void readsTheListOfTests() {
    assertThat(TESTS.asOf()).isEqualTo(LocalDate.of(2026, 11, 20));
    assertThat(TESTS.of(Pledge.LOGS_30D))
        .containsExactly("FirstTest#losesALog", "SecondTest.Nested#losesAnotherLog");
    assertThat(TESTS.of(Pledge.BILLING_7Y)).containsExactly("FirstTest#keepsABill");
    assertThat(TESTS.of(Pledge.CONTENT_24H)).isEmpty();
  }

  @Test
  @DisplayName("a pledge that is checked and tested shows both")
  void showsACheckAndTests() {
    assertThat(article(SHEET, Pledge.LOGS_30D))
        .contains("<strong>Kept</strong>, checked <time datetime=\"2026-11-22T06:00:00Z\">")
        .contains("Proved by 2 tests, which every release must pass; the list was last changed")
        .contains("<details><summary>Tests of logs-30d</summary>")
        .contains("<li><code>FirstTest#losesALog</code></li>")
        .contains("<li><code>SecondTest.Nested#losesAnotherLog</code></li>")
        .doesNotContain("Not built yet", "keepsABill");
  }

  @Test
  void showsACheckAlone() {
    assertThat(article(SHEET, Pledge.CONTENT_24H))
        .contains("<strong>Kept</strong>, checked <time")
        .doesNotContain("Proved by", "<details>", "Not built yet");
  }

  @Test
  void showsTestsAlone() {
    assertThat(article(SHEET, Pledge.BILLING_7Y))
        .contains("Proved by 1 test, which", "<li><code>FirstTest#keepsABill</code></li>")
        .doesNotContain("checked <time", "Not built yet");
  }

  @Test
  void saysOfEveryOtherPledgeThatItIsNotBuiltYet() {
    for (var pledge : Pledge.values()) {
      if (!SHEET.isBuilt(pledge)) {
        assertThat(article(SHEET, pledge))
            .contains("<p><strong>Not built yet.</strong></p>")
            .doesNotContain("Proved by", "<details>", "checked <time");
      }
    }
    assertThat(PledgesPage.of(SHEET))
        .contains(", 2 of them checked while the software runs: 2 kept, 0 at risk, 0 broken.")
        .contains("Proved by tests: 2. Not built yet: " + (Pledge.values().length - 3) + ".");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-19T23:59:59Z, today",
    "2026-11-20T23:59:59Z, today",
    "2026-11-21T00:00:00Z, 1 day ago",
    "2026-11-22T06:00:00Z, 2 days ago",
    "2027-11-20T06:00:00Z, 365 days ago"
  })
  void saysHowOldTheListOfTestsIs(Instant now, String age) {
    assertThat(article(new Sheet(Map.of(), TESTS, now), Pledge.LOGS_30D))
        .contains("last changed <time datetime=\"2026-11-20\">" + age + "</time>.</p>");
  }

  private static String article(Sheet sheet, Pledge pledge) {
    var page = PledgesPage.of(sheet);
    var start = page.indexOf("<article id=\"" + pledge.id() + "\">");
    return page.substring(start, page.indexOf("</article>", start));
  }
}
