package pledge.pledges;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Pledge;
import pledge.policy.PublicDocument;
import pledge.privacy.AuditChain;
import pledge.privacy.PledgeCheck;
import pledge.privacy.PledgeCheck.Result;
import pledge.privacy.PledgeChecks;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.vault.Environment;

/** The function by itself: what the public sees of the checks. */
class PledgesHandlerTest {
  private static final Path SAMPLES = Path.of("..", "..", "events", "pledges");
  private static final List<Pledge> PLEDGES = List.of(Pledge.values());
  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");

  private Machine machine;
  private PledgesHandler handler;

  @BeforeEach
  void start() {
    machine =
        Machine.start(
            Options.inMemory()
                .withoutFunctions()
                .withClockAt(NOW)
                .withParameter("BaseUrl", "https://pledge.example.org"));
    handler = new PledgesHandler(machine.environment("PledgesFunction"), machine.clock());
  }

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  @DisplayName("every pledge is shown in the policies' own words, with what enforces it")
  void showsEveryPledge() throws IOException {
    var page = body("pledges");
    var all = json("pledges-as-json").path("pledges");

    assertThat(all.findValuesAsText("id"))
        .containsExactlyElementsOf(Stream.of(Pledge.values()).map(Pledge::id).toList());
    for (var pledge : Pledge.values()) {
      var json = all.path(PLEDGES.indexOf(pledge));
      assertThat(page).containsOnlyOnce("<article id=\"" + pledge.id() + "\">");
      assertThat(json.path("enforcement").asText()).isEqualTo(pledge.enforcement());
      assertThat(json.path("promises")).hasSameSizeAs(pledge.quotes());
      for (var quote : pledge.quotes()) {
        assertThat(page).contains(Page.escape(quote.words()), quote.clause().toString());
        assertThat(json.path("promises").findValuesAsText("words")).contains(quote.words());
      }
    }
  }

  @Test
  @DisplayName("every pledge shows its last check, its tests, or that it is not built yet")
  void showsWhatProvesEachPledge() throws IOException {
    found(Pledge.LOGS_30D, Result.KEPT, "all keys");
    found(Pledge.STAFF_ACCESS, Result.KEPT, "all rows");
    var tests = PledgeTests.ofArchive();
    var page = body("pledges");
    var json = json("pledges-as-json");

    assertThat(json.path("testsAsOf").asText()).isEqualTo(tests.asOf().toString());
    assertThat(page).doesNotContainIgnoringCase("not watched");
    for (var pledge : PLEDGES) {
      var article = article(page, pledge);
      var shown = json.path("pledges").path(PLEDGES.indexOf(pledge));
      assertThat(article.contains(", checked <time")).isEqualTo(shown.has("check"));
      assertThat(article.contains("<p>Proved by ")).isEqualTo(!tests.of(pledge).isEmpty());
      assertThat(article.contains("Not built yet."))
          .as(pledge.id())
          .isEqualTo(!shown.has("check") && tests.of(pledge).isEmpty());
      assertThat(shown.path("tests"))
          .extracting(JsonNode::asText)
          .containsExactlyElementsOf(tests.of(pledge));
      for (var test : tests.of(pledge)) {
        assertThat(article).containsOnlyOnce("<li><code>" + test + "</code></li>");
      }
    }
  }

  private static String article(String page, Pledge pledge) {
    var start = page.indexOf("<article id=\"" + pledge.id() + "\">");
    return page.substring(start, page.indexOf("</article>", start));
  }

  @Test
  void saysSoWhereNoCheckHasRun() throws IOException {
    assertThat(body("pledges"))
        .contains("No check has run yet. Proved by tests: ")
        .doesNotContain("<strong>Kept</strong>");
    assertThat(json("pledges-as-json").findValues("check")).isEmpty();
  }

  @Test
  void showsTheLastCheckAsItIsWithItsAge() throws IOException {
    found(Pledge.LOGS_30D, Result.KEPT, "the oldest key is 29 days old");
    machine.clock().advance(Duration.ofHours(24));
    var at = machine.clock().instant();
    record(
        new PledgeCheck(Pledge.LOGS_30D, Result.KEPT, "still <29> days", at),
        new PledgeCheck(Pledge.CONTENT_24H, Result.BROKEN, "a dead key is there", at),
        new PledgeCheck(Pledge.BILLING_7Y, Result.AT_RISK, "no answer", at));
    machine.clock().advance(Duration.ofMinutes(90));

    assertThat(body("pledges"))
        .contains("3 of them checked while the software runs: 1 kept, 1 at risk, 1 broken.")
        .contains("<time datetime=\"2026-11-23T06:00:00Z\">90 minutes ago</time>")
        .contains("still &lt;29&gt; days", "<strong>Broken</strong>", "<strong>At risk</strong>")
        .doesNotContain("29 days old", "a later check is missing");
    var content = PLEDGES.indexOf(Pledge.CONTENT_24H);
    var check = json("pledges-as-json").path("pledges").path(content).path("check");
    assertThat(check.path("result").asText()).isEqualTo("BROKEN");
    assertThat(check.path("ageSeconds").asInt()).isEqualTo(90 * 60);
  }

  @Test
  void saysSoWhereALaterCheckIsMissing() throws IOException {
    found(Pledge.LOGS_30D, Result.KEPT, "all keys");
    machine.clock().advance(Duration.ofDays(3));

    assertThat(body("pledges")).contains("3 days ago</time> (a later check is missing)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pledges", "privacy", "privacy-of-developers", "version"})
  @DisplayName("essential-cookies: a page has no script, no cookie, and nothing from elsewhere")
  void aPageLoadsNothingFromAnywhereElse(String sample) throws IOException {
    var answer = answer(sample);
    var page = answer.path("body").asText();

    assertThat(page).doesNotContain("<script", "<img", "<iframe", "style=", "javascript:");
    assertThat(Pattern.compile("(?:src|<link[^>]* href)=\"([^\"]+)\"").matcher(page).results())
        .isNotEmpty()
        .allSatisfy(found -> assertThat(found.group(1)).startsWith("/assets/"));
    assertThat(answer.path("cookies")).isEmpty();
    assertThat(answer.path("headers").path("content-security-policy").asText())
        .startsWith("default-src 'none'")
        .doesNotContain("script-src", "http");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pledges", "privacy", "privacy-of-developers", "version"})
  void aPageCanBeReadByEverybody(String sample) throws IOException {
    var page = body(sample);

    assertThat(page).contains("<html lang=\"en\">", "<main>", "<nav aria-label=", "viewport");
    assertThat(page).containsOnlyOnce("<h1>").doesNotContain("<title></title>");
    assertThat(Pattern.compile(" id=\"([^\"]+)\"").matcher(page).results().map(it -> it.group(1)))
        .doesNotHaveDuplicates();
    var level = 0;
    for (var heading : Pattern.compile("<h([1-6])").matcher(page).results().toList()) {
      var next = Integer.parseInt(heading.group(1));
      assertThat(next).as("no level of headings is left out").isLessThanOrEqualTo(level + 1);
      level = next;
    }
  }

  @Test
  @DisplayName("policy-changes: every version is listed, and its Markdown has the hash shown")
  void listsEveryVersionWithTheHashOfItsText() throws IOException, NoSuchAlgorithmException {
    var page = body("privacy");

    assertThat(json("privacy-as-json").path("documents").findValuesAsText("id"))
        .containsExactlyElementsOf(
            Stream.of(PublicDocument.values()).map(PublicDocument::id).toList());
    for (var document : PublicDocument.values()) {
      for (var version : document.versions()) {
        var path = "/privacy/" + document.id() + "/" + version.date();
        assertThat(page).contains(version.sha256(), path);
      }
    }
    var markdown = body("version-as-markdown").getBytes(StandardCharsets.UTF_8);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(markdown)))
        .isEqualTo(PublicDocument.ASSISTANT_PRIVACY.version("2026-11-21").orElseThrow().sha256());
  }

  private void found(Pledge pledge, Result result, String evidence) {
    record(new PledgeCheck(pledge, result, evidence, machine.clock().instant()));
  }

  private void record(PledgeCheck... checks) {
    var settings = machine.environment("PledgesFunction");
    var backend = Backend.of(new Environment(settings, machine.clock()));
    var chains = new Chains(backend.store());
    new PledgeChecks(chains, new AuditChain(chains, machine.clock())).record(List.of(checks));
  }

  private JsonNode json(String sample) throws IOException {
    return new ObjectMapper().readTree(body(sample));
  }

  private String body(String sample) throws IOException {
    return answer(sample).path("body").asText();
  }

  @SuppressWarnings("NullAway") // the handler does not look at the context
  private JsonNode answer(String sample) throws IOException {
    var event = Files.readAllBytes(SAMPLES.resolve(sample + ".json"));
    var answer = new ByteArrayOutputStream();
    handler.handleRequest(new ByteArrayInputStream(event), answer, null);
    return new ObjectMapper().readTree(answer.toByteArray());
  }
}
