package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import pledge.http.Cookies;
import pledge.local.Machine;
import pledge.policy.PolicyDocument;

/** A person's whole life in a real browser; then what the browser kept, asked for and said. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {
  static final String CHOSEN = "The password that you signed up with";
  private static final String CONFIRM = "Confirm my address";

  private final List<String> stored = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final List<String> console = new ArrayList<>();
  private List<Map<String, Object>> cookiesOfAStranger = List.of();
  private List<Map<String, Object>> cookies = List.of();
  private List<Map<String, Object>> cookiesAfterwards = List.of();
  private List<String> sessionsBefore = List.of();
  private List<String> sessionsAfter = List.of();
  private int elsewhereAfter;
  private List<String> history = List.of();
  private List<NetLog.Sent> sent = List.of();
  private String base = "";
  private String token = "";

  @BeforeAll
  void live(@TempDir Path folder) {
    try (var machine = Machine.start(QuickHashes.options());
        var browser = Browser.start(machine, folder)) {
      base = machine.api().toString();
      var ada = Person.of(machine, "ada@example.org");
      signUp(browser, ada);
      confirm(browser, ada);
      signIn(browser, ada);
      acceptAChangedPolicy(browser, machine, ada);
      endTheOtherSession(browser, ada);
      readWhatIsPromised(browser);
      signOut(browser);
      history = browser.history();
      sent = browser.closeAndRead();
    }
  }

  private void signUp(Browser browser, Person person) {
    browser.open("/");
    var form = browser.find("region", "Open an account");
    look(browser);
    cookiesOfAStranger = browser.cookies();
    browser.find(form, "textbox", "Name").sendKeys(person.name);
    browser.find(form, "textbox", "E-mail address").sendKeys(person.email);
    browser.find(form, "textbox", "Password, at least 12 characters").sendKeys(person.password);
    browser.find(form, "checkbox", "I am 18 or older").click();
    var uses = browser.find(form, "radiogroup", "What you will use");
    browser.find(uses, "radio", acceptance(PolicyDocument.ASSISTANT_PRIVACY)).click();
    browser.find(form, "button", "Open the account").click();
    browser.awaitSaid("status", "Open the link that we mailed you.");
    look(browser);
  }

  private void confirm(Browser browser, Person person) {
    token = person.mailedToken().orElseThrow();
    browser.open("/_local/mail");
    browser.press("link", "Confirm your address");
    browser.press("link", base + "/confirm#" + token);
    browser.find("button", CONFIRM);
    look(browser);
    browser.find("textbox", CHOSEN).sendKeys(person.password);
    browser.press("button", CONFIRM);
    browser.awaitSaid("status", "Your address is confirmed. You can sign in now.");
    look(browser);
    browser.press("link", "To the sign-in");
  }

  private void signIn(Browser browser, Person person) {
    signIn(browser, person.email, "not the password of anybody");
    browser.awaitSaid("alert", "That address and password did not work.");
    signIn(browser, person.email, person.password);
    browser.awaitSaid("status", "You are signed in.");
    browser.find("region", "You are signed in");
    look(browser);
    cookies = browser.cookies();
  }

  private static void signIn(Browser browser, String email, String password) {
    var form = browser.find("region", "Sign in");
    type(browser.find(form, "textbox", "E-mail address"), email);
    type(browser.find(form, "textbox", "Password"), password);
    browser.find(form, "button", "Sign in").click();
  }

  private void acceptAChangedPolicy(Browser browser, Machine machine, Person person) {
    var elsewhere = person.elsewhere();
    elsewhere.signIn();
    LongAgo.accepted(machine, elsewhere, PolicyDocument.ASSISTANT_PRIVACY);
    elsewhere.delete("/session");
    var version = PolicyDocument.ASSISTANT_PRIVACY.version();
    browser.open("/");
    browser.find("region", "Changes of policies that you accepted");
    browser.press("button", "Accept the version of " + version);
    browser.awaitSaid("status", "You accepted the version of " + version + ".");
    browser.await("no change left", () -> changedPolicies(browser) == 0);
    look(browser);
  }

  private static int changedPolicies(Browser browser) {
    return browser.driver().findElements(By.cssSelector("#policies p")).size();
  }

  private void endTheOtherSession(Browser browser, Person person) {
    var elsewhere = person.elsewhere();
    elsewhere.signIn();
    browser.open("/");
    browser.await("two sessions", () -> sessions(browser).size() == 2);
    sessionsBefore = sessions(browser);
    browser.press("button", "End this session: 127.0.0.1, " + Person.USER_AGENT);
    browser.await("one session", () -> sessions(browser).size() == 1);
    sessionsAfter = sessions(browser);
    elsewhereAfter = elsewhere.get("/session").statusCode();
  }

  private void readWhatIsPromised(Browser browser) {
    for (var page : List.of("/pledges", "/privacy", "/privacy/assistant-privacy")) {
      browser.open(page);
      look(browser);
    }
    browser.press("link", "Account");
  }

  private void signOut(Browser browser) {
    browser.press("button", "Sign out");
    browser.awaitSaid("status", "You are signed out.");
    browser.find("region", "Sign in");
    look(browser);
    cookiesAfterwards = browser.cookies();
  }

  private void look(Browser browser) {
    addresses.add(browser.address());
    stored.addAll(browser.stored());
    console.addAll(browser.console());
  }

  private static List<String> sessions(Browser browser) {
    return browser.driver().findElements(By.cssSelector("#sessions li")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private static void type(WebElement field, String text) {
    field.clear();
    field.sendKeys(text);
  }

  static String acceptance(PolicyDocument policy) {
    return "I accept the privacy notice for %s of %s"
        .formatted(policy.audience().words(), policy.version());
  }

  // ── What must hold ─────────────────────────────────────────────────────────────────────────

  @Test
  void theOwnerSeesEverySessionAndEndsAnother() {
    assertThat(sessionsBefore)
        .satisfiesExactlyInAnyOrder(
            here -> assertThat(here).contains("HeadlessChrome", "127.0.0.1").endsWith("(this one)"),
            there -> assertThat(there).contains(Person.USER_AGENT, "127.0.0.1"));
    assertThat(sessionsAfter).singleElement().asString().contains("HeadlessChrome");
    assertThat(elsewhereAfter).isEqualTo(401);
  }

  @Test
  @DisplayName("essential-cookies: the browser holds our two cookies and no other")
  void theBrowserHoldsOurTwoCookiesAndNoOther() {
    assertThat(cookies)
        .extracting(cookie -> cookie.get("name"))
        .containsExactlyInAnyOrder(Cookies.SESSION, Cookies.BROWSER);
    assertThat(cookies)
        .allSatisfy(
            cookie ->
                assertThat(cookie)
                    .containsEntry("domain", "localhost")
                    .containsEntry("path", "/")
                    .containsEntry("secure", true)
                    .containsEntry("httpOnly", true)
                    .containsEntry("sameSite", "Lax"));
  }

  @Test
  @DisplayName("essential-cookies: none before a sign-in, none of a session after signing out")
  void aCookieIsThereOnlyWhileItIsNeeded() {
    assertThat(cookiesOfAStranger).isEmpty();
    assertThat(cookiesAfterwards)
        .extracting(cookie -> cookie.get("name"))
        .containsExactly(Cookies.BROWSER);
  }

  @Test
  @DisplayName("essential-cookies: no page asks anybody else for anything")
  void noPageAsksAnybodyElseForAnything() {
    assertThat(byPages())
        .extracting(request -> request.method() + " " + withoutFragment(request.url()))
        .contains(
            "GET " + base + "/",
            "GET " + base + "/assets/page.js",
            "POST " + base + "/signup",
            "POST " + base + "/signup/confirmation",
            "POST " + base + "/session",
            "GET " + base + "/pledges",
            "GET " + base + "/privacy/assistant-privacy",
            "DELETE " + base + "/session")
        .allMatch(request -> request.split(" ", 2)[1].startsWith(base + "/"));
  }

  @Test
  @DisplayName("essential-cookies: no page stores anything in the browser")
  void noPageStoresAnythingInTheBrowser() {
    assertThat(addresses).hasSizeGreaterThan(7);
    assertThat(stored).isEmpty();
  }

  @Test
  void theTokenOfAConfirmationIsGoneFromTheAddressAtOnce() {
    assertThat(token).hasSize(64);
    assertThat(addresses).contains(base + "/confirm").noneMatch(shown -> shown.contains(token));
    assertThat(history).contains(base + "/confirm").noneMatch(entry -> entry.contains(token));
  }

  @Test
  void theTokenOfAConfirmationIsInNoRequestLineAndNoHeader() {
    assertThat(sent).filteredOn(request -> request.url().contains("/confirm")).isNotEmpty();
    assertThat(
            sent.stream()
                .flatMap(
                    request ->
                        Stream.concat(Stream.of(request.line()), request.headers().stream())))
        .hasSizeGreaterThan(100)
        .noneMatch(text -> text.contains(token));
  }

  @Test
  void nothingIsWrongOnTheConsole() {
    // Chromium writes down every refusal: a stranger's session, and the wrong password.
    var refused =
        Pattern.quote("SEVERE " + base + "/session - Failed to load resource:")
            + ".* status of 401 .*";
    assertThat(console).isNotEmpty().allMatch(line -> line.matches(refused));
  }

  @Test
  void ourPagesSayWhereTheyAreAndNeverWhereOneCameFrom() {
    assertThat(byPages())
        .filteredOn(request -> !request.method().equals("GET"))
        .hasSizeGreaterThan(5)
        .allSatisfy(request -> assertThat(request.header("origin")).contains(base));
    assertThat(byPages())
        .filteredOn(request -> request.initiator().equals(base))
        .extracting(request -> request.header("referer").orElse(""))
        // The mail page is not ours: it plays the mail program.
        .allMatch(referer -> referer.isEmpty() || referer.startsWith(base + "/_local/"));
  }

  @Test
  void theOriginCheckLetsOurOwnPagesThrough() {
    assertThat(byPages())
        .filteredOn(request -> !request.method().equals("GET"))
        .extracting(NetLog.Sent::status)
        .containsOnlyOnce(401)
        .allMatch(status -> status < 300 || status == 401);
  }

  private List<NetLog.Sent> byPages() {
    return sent.stream().filter(NetLog.Sent::isOfAPage).toList();
  }

  private static String withoutFragment(String url) {
    return url.split("#", 2)[0];
  }
}
