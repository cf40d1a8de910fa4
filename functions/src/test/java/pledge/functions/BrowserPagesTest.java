package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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

/** The pages for whoever sees no screen, or gets no answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserPagesTest {
  private static final List<String> PAGES =
      List.of("/", "/confirm", "/privacy/assistant-privacy", "/privacy/platform-privacy");
  private static final String NEW_PASSWORD = "Password, at least 12 characters";
  private static final By CONTROLS = By.cssSelector("a, button, input, select, textarea");

  private final Machine machine = Machine.start(QuickHashes.options());
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
  void aLinkThatIsOpenedWhereThePageIsOpenAlreadyWorks() {
    var person = Person.of(machine, "carol@example.org");
    person.signUp();
    browser.open("/confirm");
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

  private String text() {
    return browser.driver().findElement(By.tagName("body")).getText();
  }
}
