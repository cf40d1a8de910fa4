package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chromium.ChromiumNetworkConditions;
import pledge.local.Machine;
import pledge.local.StripeCard;
import pledge.policy.PolicyDocument;
import pledge.policy.PublicDocument;

/** The pages for whoever has no mouse, sees no screen, runs no script, or gets no answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserPagesTest {
  private static final List<String> PAGES =
      List.of(
          "/",
          "/confirm",
          "/privacy/confirm",
          "/pledges",
          "/privacy",
          "/privacy/assistant-privacy",
          "/privacy/platform-privacy",
          "/privacy/record-of-processing",
          "/privacy/processor-register");
  private static final String NEW_PASSWORD = "Password, at least 12 characters";

  /** The window of {@code SessionGuard.STRANGERS}. */
  private static final Duration STRANGERS_WAIT = Duration.ofMinutes(10);

  private static final By CONTROLS = By.cssSelector("a, button, input, select, textarea");

  private final Machine machine =
      Machine.start(
          QuickHashes.options(
              "AssistantWorkerFunction", "BillingWorkerFunction", "ExportFunction"));
  private Browser browser;

  @BeforeAll
  void start(@TempDir Path folder) {
    browser = Browser.start(machine, folder);
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
    machine.close();
  }

  @BeforeEach
  void begin() {
    machine.dynamo().reset();
    browser.driver().manage().deleteAllCookies();
    browser.open("/");
  }

  private Person confirmed(String email) {
    var person = Person.of(machine, email);
    person.signUp();
    person.confirm();
    return person;
  }

  private void signIn(Person person) {
    browser.tabTo("textbox", "E-mail address");
    browser.type(person.email);
    browser.tabTo("textbox", "Password");
    browser.type(person.password, Keys.ENTER);
    browser.awaitSaid("status", "You are signed in.");
    browser.find("region", "You are signed in");
    // The page has asked for all that it shows.
    browser.await(
        "the assistant",
        () -> !browser.driver().findElement(By.id("assistant")).getText().isEmpty());
  }

  // ── Structure ──────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @FieldSource("PAGES")
  void aPageHasALanguageAMainPartAndOneFirstHeading(String page) {
    browser.open(page);

    var html = browser.driver().findElement(By.tagName("html"));
    assertThat(html.getDomAttribute("lang")).isEqualTo("en");
    assertThat(browser.driver().findElements(By.tagName("main"))).hasSize(1);
    assertThat(browser.driver().findElements(By.tagName("h1"))).hasSize(1);
    assertThat(html.findElements(By.cssSelector("[id]")))
        .extracting(element -> element.getDomAttribute("id"))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyPageHasATitleOfItsOwn() {
    assertThat(PAGES)
        .extracting(
            page -> {
              browser.open(page);
              return browser.driver().getTitle();
            })
        .doesNotHaveDuplicates()
        .doesNotContain("");
  }

  @ParameterizedTest
  @FieldSource("PAGES")
  void everyControlHasAName(String page) {
    browser.open(page);

    assertThat(browser.driver().findElements(CONTROLS))
        .filteredOn(WebElement::isDisplayed)
        .isNotEmpty()
        .extracting(Browser::nameOf)
        .doesNotContain("");
  }

  @Test
  void theButtonsThatEndSessionsAreToldApart() {
    var eve = confirmed("eve@example.org");
    eve.signIn();
    eve.at("127.0.0.2").signIn();

    signIn(eve);

    browser.find("button", "End this session: 127.0.0.1, " + Person.USER_AGENT);
    browser.find("button", "End this session: 127.0.0.2, " + Person.USER_AGENT);
  }

  // ── Keyboard ───────────────────────────────────────────────────────────────────────────────

  @Test
  void aPersonLivesByKeyboardAlone() {
    var ada = Person.of(machine, "ada@example.org");
    browser.tabTo("textbox", "Name");
    browser.type(ada.name, Keys.TAB, ada.email, Keys.TAB, ada.password, Keys.TAB, Keys.SPACE);
    browser.type(Keys.TAB, Keys.SPACE);
    browser.tabTo("button", "Open the account");
    browser.type(Keys.ENTER);
    browser.awaitSaid("status", "Open the link that we mailed you.");

    browser.open("/confirm#" + ada.mailedToken().orElseThrow());
    browser.tabTo("textbox", BrowserTest.CHOSEN);
    browser.type("not the password of anybody", Keys.ENTER);
    browser.awaitSaid("alert", "Some fields are not valid.");
    browser.awaitFocus("textbox", BrowserTest.CHOSEN);
    browser.focused().sendKeys(Keys.chord(Keys.CONTROL, "a"), ada.password, Keys.TAB);
    browser.type(Keys.SPACE);
    browser.awaitSaid("status", "Your address is confirmed. You can sign in now.");
    browser.awaitFocus("link", "To the sign-in");
    browser.type(Keys.ENTER);
    browser.find("region", "Sign in");

    signIn(ada);
    browser.awaitFocus("heading", "You are signed in");
    browser.tabTo("button", "Sign out");
    browser.type(Keys.ENTER);
    browser.awaitSaid("status", "You are signed out.");
    browser.awaitFocus("heading", "Sign in");
  }

  @Test
  void theFocusIsSeenWhereverItIs() {
    browser.tabTo("textbox", "E-mail address");
    var stops = new ArrayList<String>();
    do {
      stops.add(Browser.shown(browser.focused()));
      assertThat(browser.focused().getCssValue("outline-style"))
          .as(stops.getLast())
          .isEqualTo("solid");
      browser.type(Keys.TAB);
    } while (!stops.getLast().equals("button Open the account"));

    assertThat(stops)
        .containsSubsequence(
            "textbox E-mail address",
            "textbox Password",
            "button Sign in",
            "textbox Name",
            "textbox E-mail address",
            "textbox " + NEW_PASSWORD,
            "checkbox I am 18 or older",
            "radio " + BrowserTest.acceptance(PolicyDocument.ASSISTANT_PRIVACY),
            "button Open the account");
  }

  // ── What goes wrong ────────────────────────────────────────────────────────────────────────

  @Test
  void aFieldAtFaultSaysSoAndHoldsTheFocus() {
    browser.tabTo("textbox", "Name");
    browser.type("Ada", Keys.TAB, "ada@example.org", Keys.TAB, "short", Keys.TAB, Keys.SPACE);
    browser.type(Keys.TAB, Keys.SPACE, Keys.ENTER);

    browser.awaitSaid("alert", "Some fields are not valid.");
    var password = browser.focused();
    assertThat(Browser.nameOf(password)).isEqualTo(NEW_PASSWORD);
    assertThat(password.getDomAttribute("aria-invalid")).isEqualTo("true");
    assertThat(described(password)).isEqualTo("It must be 12 to 128 characters.");
    assertThat(browser.driver().findElements(By.cssSelector("[aria-invalid]"))).hasSize(1);

    password.sendKeys(Keys.chord(Keys.CONTROL, "a"));
    browser.type("correct horse battery staple", Keys.ENTER);
    browser.awaitSaid("status", "Open the link that we mailed you.");
    browser.awaitSaid("alert", "");
    assertThat(browser.driver().findElements(By.cssSelector("[aria-invalid]"))).isEmpty();
    assertThat(described(password)).isEmpty();
  }

  private String described(WebElement field) {
    var id = Objects.requireNonNull(field.getDomAttribute("aria-describedby"));
    return browser.driver().findElement(By.id(id)).getText();
  }

  @Test
  void aServiceThatDoesNotAnswerIsSaidToBeSo() {
    var offline = new ChromiumNetworkConditions();
    offline.setOffline(true);
    browser.driver().setNetworkConditions(offline);
    try {
      browser.tabTo("textbox", "E-mail address");
      browser.type("ada@example.org", Keys.TAB, "some password", Keys.ENTER);

      browser.awaitSaid("alert", "The service does not answer.");
    } finally {
      browser.driver().deleteNetworkConditions();
    }
  }

  @Test
  void aSignOutThatFailedIsNotCalledOne() {
    signIn(confirmed("bob@example.org"));
    machine.dynamo().failNext(1000, "InternalServerError");

    browser.press("button", "Sign out");

    browser.awaitSaid("alert", "The service cannot answer just now.");
    browser.awaitSaid("status", "");
    browser.find("region", "You are signed in");
  }

  @Test
  void aSignOutShowsNobodysSessionThoughTheNextQuestionIsRefused() {
    signIn(confirmed("dave@example.org"));
    leaveStrangersRequests(0);
    try {
      browser.press("button", "Sign out");

      browser.awaitSaid("status", "You are signed out.");
      browser.awaitFocus("heading", "Sign in");
      assertNoSessionIsShown();
    } finally {
      machine.clock().advance(STRANGERS_WAIT);
    }
  }

  @Test
  void aSignOutOfASessionThatHasEndedShowsItNoMoreThoughTheNextQuestionIsRefused() {
    var frank = confirmed("frank@example.org");
    signIn(frank);
    endTheBrowsersSession(frank);
    // The sign-out is told that there is no session, and whatever is asked then to wait.
    leaveStrangersRequests(1);
    try {
      browser.press("button", "Sign out");

      browser.awaitSaid("alert", "You are not signed in.");
      browser.awaitFocus("heading", "Sign in");
      assertNoSessionIsShown();
    } finally {
      machine.clock().advance(STRANGERS_WAIT);
    }
  }

  /** Uses up what the browser's network has without a session. */
  private void leaveStrangersRequests(int left) {
    var stranger = Person.of(machine, "nobody@example.org");
    int remaining;
    do {
      var state = stranger.get("/session").headers().firstValue("ratelimit").orElseThrow();
      assertThat(state).startsWith("\"strangers\";r=");
      remaining = Integer.parseInt(state.split("[=;]", -1)[2]);
    } while (remaining > left);
  }

  private void endTheBrowsersSession(Person person) {
    var elsewhere = person.elsewhere();
    browser
        .cookies()
        .forEach(
            cookie ->
                elsewhere.setCookie(
                    String.valueOf(cookie.get("name")), String.valueOf(cookie.get("value"))));
    assertThat(elsewhere.delete("/session").statusCode()).isEqualTo(204);
  }

  private void assertNoSessionIsShown() {
    assertThat(browser.driver().findElement(By.id("session")).isDisplayed()).isFalse();
    assertThat(browser.driver().findElements(By.cssSelector("#sessions li"))).isEmpty();
  }

  @Test
  @DisplayName("right-deletion: an account is deleted by a button, and kept by another")
  void anAccountIsDeletedByAButtonAndKeptByAnother() {
    signIn(confirmed("grace@example.org"));

    browser.press("button", "Delete my account");
    browser.awaitFocus("button", "Yes, delete it");
    browser.press("button", "No, keep it");
    browser.awaitFocus("button", "Delete my account");
    browser.press("button", "Delete my account");
    browser.press("button", "Yes, delete it");
    browser.awaitSaid("status", "Your account will be deleted. You can take that back here.");
    browser.awaitFocus("heading", "Your data");
    assertThat(browser.driver().findElement(By.id("plans")).isDisplayed())
        .as("what would be refused is not offered")
        .isFalse();
    browser.press("button", "Take it back");
    browser.awaitSaid("status", "Your account stays.");
    browser.awaitFocus("heading", "Your data");
    browser.find("button", "Subscribe to “personal”");
    browser.find("button", "Delete my account");
  }

  /** Chooses a plan, pays for it on Stripe's page, and comes back. */
  private void subscribe() {
    browser.press("button", "Subscribe to “personal”");
    browser.await(
        "a page of Stripe's", () -> browser.driver().getCurrentUrl().contains("/pay/cs_"));
    var page = URI.create(browser.driver().getCurrentUrl());
    assertThat(machine.stripe().pay(page, StripeCard.GOOD)).isPresent();
    machine.settle();
    browser.open("/");
  }

  @Test
  @DisplayName("no-card-data: a plan is chosen here, and paid on a page of Stripe's")
  void aPlanIsChosenHereAndPaidElsewhere() {
    var pat = confirmed("pat@example.org");
    signIn(pat);
    var words = By.id("subscription");
    browser.await(
        "the state",
        () -> browser.driver().findElement(words).getText().equals("You have no subscription."));

    subscribe();

    browser.await(
        "the state",
        () ->
            browser
                .driver()
                .findElement(words)
                .getText()
                .startsWith("“personal”. It is paid until"));
    assertThat(browser.driver().findElements(By.cssSelector("#plans li"))).isEmpty();
    browser.press("button", "See invoices, change the card, or cancel");
    browser.await(
        "the portal", () -> !browser.driver().getCurrentUrl().equals(machine.api() + "/"));
  }

  @Test
  @DisplayName("isolation: the state of one's own assistant is shown, and its name is changed")
  void theAssistantIsShownAndNamed() {
    var sam = confirmed("sam@example.org");
    signIn(sam);
    var words = By.id("assistant");
    browser.await(
        "the state",
        () -> browser.driver().findElement(words).getText().startsWith("You have no assistant."));
    subscribe();
    browser.await(
        "the state",
        () -> browser.driver().findElement(words).getText().equals("Your assistant is running."));

    browser.find("textbox", "Its name").sendKeys("Grace");
    browser.press("button", "Change its name");

    browser.awaitSaid("status", "Your assistant's name is changed.");
    machine.settle();
    var script = machine.cloudflare().scripts().getFirst();
    assertThat(machine.cloudflare().bindings(script))
        .containsEntry("CONFIGURATION", "{\"name\":\"Grace\"}");
    browser.open("/");
    browser.await(
        "the name",
        () ->
            "Grace"
                .equals(
                    browser
                        .driver()
                        .findElement(By.cssSelector("#assistant-name input"))
                        .getDomProperty("value")));
  }

  @Test
  @DisplayName("right-access: a copy is asked for by a button, and downloaded by another")
  void aCopyIsAskedForByAButtonAndDownloadedByAnother(@TempDir Path downloads) throws IOException {
    browser
        .driver()
        .executeCdpCommand(
            "Browser.setDownloadBehavior",
            Map.of("behavior", "allow", "downloadPath", downloads.toString()));
    signIn(confirmed("edsger@example.org"));

    browser.press("button", "Get a copy of my data");
    browser.awaitSaid("status", "Your copy is being made. A mail will tell you when it is ready.");
    machine.settle();
    browser.open("/");
    browser.press("button", "Download it");
    browser.awaitSaid("status", "Your copy is downloaded.");

    var file = downloads.resolve("copy-of-my-data.zip");
    browser.await("the file", () -> Files.exists(file));
    assertThat(PersonalZip.of(Files.readAllBytes(file)).file("data/account.json"))
        .contains("edsger@example.org");
  }

  @Test
  @DisplayName(
      "right-deletion: what was asked by mail is confirmed by a button, and not by looking")
  void whatWasAskedByMailIsConfirmedByAButton() {
    var heidi = confirmed("heidi@example.org");
    var token = new ByMail(machine).mailed(heidi, machine.clock().instant());
    browser.open("/privacy/confirm#erasure/" + token);
    browser.await("a bare address", () -> browser.address().endsWith("/privacy/confirm"));
    heidi.signIn();
    assertThat(Problems.json(heidi.get("/privacy/requests")).path("requests")).isEmpty();

    browser.tabTo("button", "Yes, delete my account");
    browser.type(Keys.ENTER);

    browser.awaitSaid("status", "Your account will be deleted. Our next mail says from when on.");
    browser.awaitFocus("link", "To your account");
    assertThat(browser.driver().findElement(By.id("confirm-request")).isDisplayed()).isFalse();
    assertThat(Problems.json(heidi.get("/privacy/requests")).path("requests")).hasSize(1);

    browser.open("/privacy/confirm#erasure/" + token);
    browser.press("button", "Yes, delete my account");
    browser.awaitSaid("alert", "That link did not work.");
  }

  @Test
  void aPageToConfirmSaysNothingOfALinkForSomethingElse() {
    var token =
        new ByMail(machine).mailed(confirmed("ivan@example.org"), machine.clock().instant());
    browser.open("/privacy/confirm#something/" + token);

    browser.press("button", "Yes, delete my account");

    browser.awaitSaid("alert", "That link did not work.");
  }

  @Test
  void aLinkThatIsOpenedWhereThePageIsOpenAlreadyWorks() {
    var person = Person.of(machine, "carol@example.org");
    person.signUp();
    browser.open("/confirm");
    browser.find("textbox", BrowserTest.CHOSEN).sendKeys(person.password);
    browser.press("button", "Confirm my address");
    browser.awaitSaid("alert", "That link did not work.");

    browser.open("/confirm#" + person.mailedToken().orElseThrow());
    browser.await("a bare address", () -> browser.address().endsWith("/confirm"));
    browser.press("button", "Confirm my address");

    browser.awaitSaid("status", "Your address is confirmed. You can sign in now.");
  }

  @Test
  void aFormOnAnotherSiteIsRefused() {
    browser
        .driver()
        .get(
            "data:text/html,<form method=post enctype=text/plain action=%s/session><button>Win</button>"
                .formatted(machine.api()));

    browser.press("button", "Win");

    browser.await("an answer", () -> browser.address().equals(machine.api() + "/session"));
    assertThat(text()).contains("The request comes from another site");
  }

  // ── Without a script ───────────────────────────────────────────────────────────────────────

  @Test
  void withoutAScriptAPageSaysWhatItLacksAndTheNoticesAreReadable() {
    script(false);
    try {
      browser.open("/");
      assertThat(text()).contains("need JavaScript").doesNotContain("Password");
      browser.press("link", "Privacy");
      browser.press("link", PublicDocument.ASSISTANT_PRIVACY.title());
      assertThat(text()).contains("Privacy Policy", "Last updated").hasSizeGreaterThan(5_000);
      browser.open("/confirm#" + "t".repeat(64));
      assertThat(text()).contains("needs JavaScript").doesNotContain("Confirm my address");
      browser.open("/privacy/confirm#erasure/" + "t".repeat(64));
      assertThat(text()).contains("needs JavaScript").doesNotContain("delete my account");
    } finally {
      script(true);
    }
  }

  private String text() {
    return browser.driver().findElement(By.tagName("body")).getText();
  }

  private void script(boolean runs) {
    browser
        .driver()
        .executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", !runs));
  }
}
