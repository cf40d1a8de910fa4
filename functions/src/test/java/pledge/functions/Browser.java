package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.SearchContext;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import pledge.local.Machine;

/**
 * Chromium with a profile of its own, driven over WebDriver. It resolves no name but localhost:
 * whatever it asks for, nothing leaves this machine.
 */
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Whatever a person can be told of or act upon. */
  private static final By NAMED =
      By.cssSelector("a, button, input, section, fieldset, h1, h2, h3, [role]");

  private final String base;
  private final Path folder;
  private final ChromeDriver driver;

  private Browser(String base, Path folder, ChromeDriver driver) {
    this.base = base;
    this.folder = folder;
    this.driver = driver;
  }

  /**
   * Starts one that keeps all it writes in that folder. On a machine that has none the test is
   * skipped, unless {@code -Dbrowser.required=true}.
   */
  static Browser start(Machine machine, Path folder) {
    var chromium = program("chromium");
    var driver = program("chromedriver");
    var there = chromium.isPresent() && driver.isPresent();
    var missing = "chromium or chromedriver is not installed: no page was opened in a browser";
    if (Boolean.getBoolean("browser.required")) {
      assertThat(there).as(missing).isTrue();
    }
    assumeTrue(there, missing);
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driver.orElseThrow())
            .usingAnyFreePort()
            .withEnvironment(Map.of("HOME", folder.toString(), "TMPDIR", folder.toString()))
            .build();
    return new Browser(
        machine.api().toString(),
        folder,
        new ChromeDriver(service, options(chromium.orElseThrow(), folder)));
  }

  private static ChromeOptions options(File chromium, Path folder) {
    var logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    var options = new ChromeOptions();
    options.setBinary(chromium);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    // Starts with an empty page, not with one that asks others for news.
    options.setExperimentalOption(
        "prefs",
        Map.of("session.restore_on_startup", 4, "session.startup_urls", List.of("about:blank")));
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
        "--log-net-log=" + netLog(folder),
        "--net-log-capture-mode=IncludeSensitive",
        "--user-data-dir=" + folder.resolve("profile"));
    return options;
  }

  private static Optional<File> program(String name) {
    return Stream.of(
            Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
        .map(directory -> new File(directory, name))
        .filter(File::canExecute)
        .findFirst();
  }

  private static Path netLog(Path folder) {
    return folder.resolve("net-log.json");
  }

  // ── Looking ────────────────────────────────────────────────────────────────────────────────

  void open(String path) {
    driver.get(base + path);
  }

  ChromeDriver driver() {
    return driver;
  }

  /** What the address bar shows. */
  String address() {
    return Objects.requireNonNullElse(driver.getCurrentUrl(), "");
  }

  /** What is on display of that role and accessible name; waits for it. */
  WebElement find(String role, String name) {
    return find(driver, role, name);
  }

  /** The same, in a part of the page. */
  WebElement find(SearchContext part, String role, String name) {
    return await(
        role + " \"" + name + "\"",
        () ->
            part.findElements(NAMED).stream()
                .filter(
                    element ->
                        role.equals(element.getAriaRole())
                            && name.equals(nameOf(element))
                            && element.isDisplayed())
                .findFirst());
  }

  static String nameOf(WebElement element) {
    return Objects.requireNonNullElse(element.getAccessibleName(), "").strip();
  }

  void press(String role, String name) {
    find(role, name).click();
  }

  /** Waits until a screen reader has been told that: politely (status) or at once (alert). */
  void awaitSaid(String role, String words) {
    await(
        role + " says \"" + words + "\"",
        () ->
            driver.findElements(By.cssSelector("[role=" + role + "]")).stream()
                .filter(element -> element.getText().equals(words))
                .findFirst());
  }

  void await(String what, BooleanSupplier holds) {
    await(what, () -> holds.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  private <T> T await(String what, Supplier<Optional<T>> look) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try {
        var found = look.get();
        if (found.isPresent()) {
          return found.get();
        }
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (StaleElementReferenceException _) {
        // The page has changed meanwhile: look again.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return fail(
        "not seen: %s, but at %s:%n%s",
        what, address(), driver.findElement(By.tagName("body")).getText());
  }

  // ── Typing ─────────────────────────────────────────────────────────────────────────────────

  /** Presses keys, wherever the focus is. */
  void type(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** Presses Tab until the focus is there. */
  void tabTo(String role, String name) {
    var passed = new ArrayList<String>();
    do {
      type(Keys.TAB);
      passed.add(shown(focused()));
    } while (!passed.getLast().equals(role + " " + name) && passed.size() < 30);
    assertThat(passed.getLast()).as("reached by Tab, past %s", passed).isEqualTo(role + " " + name);
  }

  void awaitFocus(String role, String name) {
    await("the focus on " + name, () -> shown(focused()).equals(role + " " + name));
  }

  /** Its role and accessible name. */
  static String shown(WebElement element) {
    return element.getAriaRole() + " " + nameOf(element);
  }

  // ── What a browser knows ───────────────────────────────────────────────────────────────────

  /** Every cookie, of whatever site, HttpOnly ones included. */
  List<Map<String, Object>> cookies() {
    return ask("Network.getAllCookies", "cookies");
  }

  /** The addresses that "back" and "forward" lead to, this one included. */
  List<String> history() {
    return ask("Page.getNavigationHistory", "entries").stream()
        .map(entry -> String.valueOf(entry.get("url")))
        .toList();
  }

  /** Whatever the page's origin has stored outside of cookies for servers. */
  List<String> stored() {
    var stored =
        driver.executeAsyncScript(
            """
            const [done] = arguments;
            Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])
              .then((all) => done([...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie,
                ...all.flat().map(JSON.stringify)].filter(Boolean)));
            """);
    return ((List<?>) Objects.requireNonNull(stored)).stream().map(String::valueOf).toList();
  }

  /** What was written to the console since the last time. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** Ends the browser and answers all that it asked for. */
  List<NetLog.Sent> closeAndRead() {
    close();
    return NetLog.read(netLog(folder));
  }

  @Override
  public void close() {
    var processes = ProcessHandle.current().descendants().toList();
    driver.quit();
    for (var process : processes) {
      process.onExit().orTimeout(10, TimeUnit.SECONDS).exceptionally(_ -> kill(process)).join();
    }
  }

  private static ProcessHandle kill(ProcessHandle process) {
    process.destroyForcibly();
    return process;
  }

  /** Asks over the DevTools protocol. */
  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> ask(String command, String member) {
    return (List<Map<String, Object>>)
        Objects.requireNonNull(driver.executeCdpCommand(command, Map.of()).get(member));
  }
}
