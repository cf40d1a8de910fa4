package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import pledge.http.Cookies;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.local.Main;
import pledge.local.MessageQueue;
import pledge.local.Options;
import pledge.local.StripeCard;
import pledge.policy.Category;
import pledge.policy.Field;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.Environment;
import pledge.vault.Token;

/**
 * A person's whole life, lived with values that occur nowhere else; then every place where a value
 * could have stayed is searched for them, in every form that a program gives a text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CanaryTest {
  private static final String NAME = "Quixana Zephyrine";
  private static final String EMAIL = "Quokka.Zanzibar@wombat-mail.example.org";
  private static final String PASSWORD = "violet Narwhal harvests 77 Umbrellas";
  private static final String WRONG_PASSWORD = "crimson Platypus juggles 31 Xylophones";
  private static final String USER_AGENT = "Glimmerfox/41.7 (Moonstone OS)";
  private static final String ADDRESS = "127.99.88.77";
  private static final String REASON = "She cannot open her Wobbegong folder";
  private static final String STRAY = "Stray-Jackalope-5813";

  /** Keys of the streams' items, by queue: of a notice, of a row in a list, of a message. */
  private static final Map<String, String> OPAQUE =
      Map.of(
          "Notice",
          "\\{\"subject\":\"[\\w-]{22}\",\"item\":\"OUTBOX#NOTICE#((ASKED|COPY|SUPPORT|HOLD)#)?[\\w-]{22}(#LEGAL_HOLD_(BEGINS|ENDS))?\"}",
          "Export",
          "\\{\"item\":\"EXPORT#[-0-9]{10}T[:.0-9]{8,12}Z#[\\w-]{22}\"}",
          "Erasure",
          "\\{\"item\":\"ERASURE#[-0-9]{10}T[:.0-9]{8,12}Z#[\\w-]{22}\"}",
          "Stripe",
          "\\{\"event\":\"stripe-event#evt_\\w+\"}",
          "Assistant",
          "\\{\"item\":\"ASSISTANT#[\\w-]{22}\"}");

  private final Map<String, String> marks = new LinkedHashMap<>();
  private final List<HttpResponse<String>> answers = new ArrayList<>();
  private final Set<Queued> queued = new LinkedHashSet<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private String outputOfNextStart = "";
  private List<RawTables.Item> items = List.of();
  private List<Mail> mails = List.of();
  private Set<String> contexts = Set.of();
  private Map<String, byte[]> files = Map.of();
  private String passwordHash = "";

  /** A message as it was seen in a queue. */
  private record Queued(String queue, String body) {}

  @BeforeAll
  void live(@TempDir Path folder) throws IOException, InterruptedException {
    marks.put("name", NAME);
    marks.put("first name", "Quixana");
    marks.put("e-mail", EMAIL);
    marks.put("local part", "Quokka.Zanzibar");
    marks.put("domain", "wombat-mail");
    marks.put("password", PASSWORD);
    marks.put("wrong password", WRONG_PASSWORD);
    marks.put("user agent", USER_AGENT);
    marks.put("user agent of a sign-up", Person.USER_AGENT);
    marks.put("network address", ADDRESS);
    marks.put("stray text", STRAY);
    var out = System.out;
    var err = System.err;
    var captured = new PrintStream(output, true, StandardCharsets.UTF_8);
    System.setOut(captured);
    System.setErr(captured);
    try {
      liveIn(folder);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(output.toString(StandardCharsets.UTF_8))
        .as("the functions' log lines were captured")
        .contains("POST /session 401", "signed in", "is confirmed");
    outputOfNextStart = startAgain(folder);
    files = read(folder);
  }

  private void liveIn(Path folder) {
    try (var machine = Machine.start(Options.persistent(folder, 0));
        var tables = new RawTables(machine)) {
      // The queues are watched, for a message is gone when it is handled.
      var watch =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                      lookInto(machine.queues());
                      if (!sleep()) {
                        return;
                      }
                    }
                  });
      live(machine, new Person(machine, NAME, EMAIL, PASSWORD).at(ADDRESS));
      machine.settle();
      watch.interrupt();
      lookInto(machine.queues());
      items = tables.all();
      mails = machine.mailbox().mails();
      contexts = new LinkedHashSet<>();
      machine
          .kms()
          .calls()
          .forEach(
              call ->
                  call.encryptionContext()
                      .forEach((key, value) -> contexts.add(key + "=" + value)));
      passwordHash = passwordHash(machine);
    }
  }

  private void live(Machine machine, Person quixana) {
    quixana.signUp();
    var token = quixana.mailedToken().orElseThrow();
    mark("mail token", token);
    keep(quixana.confirm(token));
    keep(quixana.confirm(token));
    keep(quixana.signUp());
    keep(quixana.signIn(WRONG_PASSWORD));
    keep(send(quixana, "POST", "/session", credentials(PASSWORD)));
    mark("session token", quixana.cookie(Cookies.SESSION).orElseThrow());
    mark("browser's mark", quixana.cookie(Cookies.BROWSER).orElseThrow());
    var elsewhere = quixana.at(ADDRESS);
    send(elsewhere, "POST", "/session", credentials(PASSWORD));
    mark("other session's token", elsewhere.cookie(Cookies.SESSION).orElseThrow());
    keep(quixana.get("/session"));
    var list = send(quixana, "GET", "/sessions", null);
    assertThat(list.body()).as("the owner sees it").contains(USER_AGENT, ADDRESS);
    keep(
        elsewhere.delete(
            "/sessions/" + Problems.json(quixana.get("/session")).path("id").asText()));
    anIncident(machine);
    staffLookAndHold(machine, quixana);
    makeMistakes(quixana);
    machine.clock().advance(Duration.ofHours(2));
    keep(elsewhere.get("/session"));
    keep(elsewhere.delete("/session"));
    // One who stays signed in, one who never confirms, a mail that cannot be sent.
    send(quixana.at(ADDRESS), "POST", "/session", credentials(PASSWORD));
    new Person(machine, NAME, "unconfirmed." + EMAIL, PASSWORD).at(ADDRESS).signUp();
    machine.settle();
    machine.mailbox().failNext(100, "MessageRejected", 400);
    new Person(machine, NAME, "unsendable." + EMAIL, PASSWORD).at(ADDRESS).signUp();
    machine.settle(Duration.ofSeconds(60));
    assertThat(machine.queue("NoticeDeadLetters").depth()).isEqualTo(1);
    machine.kms().disable("VaultKey");
    machine.clock().advance(Duration.ofMinutes(6));
    keep(quixana.signUp());
    machine.kms().enable("VaultKey");
    leave(machine, quixana);
  }

  /** Asks for a copy, and sees in it what was typed in. */
  private void takeACopy(Machine machine, Person browser) {
    keep(send(browser, "POST", "/privacy/exports", null));
    machine.settle();
    var requests = send(browser, "GET", "/privacy/requests", null);
    keep(requests);
    var part = Problems.json(requests).at("/requests/0/copy/parts/0").asText();
    assertThat(PersonalZip.of(browser.download(part).body()).records(Category.ACCOUNT).toString())
        .as("the owner sees it")
        .contains(NAME, EMAIL);
  }

  /** Pays on Stripe's page, and gets an assistant. */
  private void subscribe(Machine machine, Person browser) {
    var page = send(browser, "POST", "/billing/checkout", "{\"plan\": \"personal\"}");
    keep(page);
    var url = URI.create(Problems.json(page).path("url").asText());
    assertThat(machine.stripe().pay(url, StripeCard.GOOD)).isPresent();
    machine.settle();
    keep(send(browser, "GET", "/billing", null));
    keep(send(browser, "GET", "/assistant", null));
  }

  /** Asks to be erased, at a browser that signed in lately. */
  private void leave(Machine machine, Person person) {
    machine.mailbox().failNext(0, "", 0);
    var browser = person.at(ADDRESS);
    keep(send(browser, "POST", "/session", credentials(PASSWORD)));
    mark("leaving session's token", browser.cookie(Cookies.SESSION).orElseThrow());
    subscribe(machine, browser);
    takeACopy(machine, browser);
    var asked = send(browser, "POST", "/privacy/erasures", null);
    keep(asked);
    assertThat(asked.statusCode()).isEqualTo(202);
    machine.settle();
    keep(send(browser, "GET", "/privacy/requests", null));
  }

  /** Runs the run command on that data until somebody signed in; what it printed. */
  private static String startAgain(Path folder) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "--data",
                folder.toString(),
                "--port",
                "0")
            .redirectErrorStream(true)
            .start();
    var printed = new StringBuilder();
    try (var output = process.inputReader();
        var browser = HttpClient.newHttpClient()) {
      var api = "";
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        printed.append(line).append('\n');
        if (line.startsWith("Open ")) {
          api = line.substring("Open ".length()).strip();
        }
        if (line.startsWith("Stop ")) {
          break;
        }
      }
      assertThat(api).as("it starts: %s", printed).isNotEmpty();
      var signIn =
          HttpRequest.newBuilder(URI.create(api).resolve("/session"))
              .header("content-type", "application/json")
              .header("user-agent", USER_AGENT)
              .POST(BodyPublishers.ofString(credentials(PASSWORD)));
      assertThat(browser.send(signIn.build(), BodyHandlers.discarding()).statusCode())
          .as("it is the same person's data")
          .isEqualTo(204);
      // Not Process.destroy, which closes the output as well.
      process.toHandle().destroy();
      return printed.append(output.readAllAsString()).toString();
    } finally {
      process.destroyForcibly();
    }
  }

  private void lookInto(List<MessageQueue> queues) {
    synchronized (queued) {
      for (var queue : queues) {
        queue.bodies().forEach(body -> queued.add(new Queued(queue.name(), body)));
      }
    }
  }

  /** Everybody is told of it, with the next hour. */
  private void anIncident(Machine machine) {
    var staff = new Staff(machine);
    var opened =
        staff.post(
            "/staff/incidents",
            """
            {"kind": "a lost laptop", "categories": ["SESSION"], "beganAt": "%s",
              "measures": "Its sessions were ended."}\
            """
                .formatted(machine.clock().instant()));
    keep(opened);
    var incident = opened.headers().firstValue("location").orElseThrow();
    keep(
        staff.patch(
            incident, "{\"tellPeople\": true, \"consequences\": \"a\", \"advice\": \"b\"}"));
    keep(staff.patch(incident, "{\"phone\": \"" + STRAY + "\"}"));
    keep(
        staff.patch(
            incident, "{\"categories\": [\"" + STRAY + "\"], \"closed\": \"" + NAME + "\"}"));
    keep(staff.get(incident));
    keep(staff.get("/staff/incidents/" + STRAY));
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
    assertThat(machine.mailbox().mails())
        .anySatisfy(mail -> assertThat(mail.text()).contains("a lost laptop"));
  }

  /** Staff look at what is needed, for a reason that they state, and hold some of it. */
  private void staffLookAndHold(Machine machine, Person person) {
    var staff = new Staff(machine);
    mark("mailed reason", REASON);
    var opened =
        Problems.json(
            staff.post(
                "/staff/support-grants",
                """
                {"email": "%s", "kind": "troubleshooting", "reason": "%s",
                  "categories": ["ACCOUNT"], "hours": 1}\
                """
                    .formatted(EMAIL, REASON)));
    var grant = "/staff/support-grants/" + opened.path("id").asText();
    var subject = opened.path("subject").asText();
    var look = "{\"subject\": \"" + subject + "\", \"category\": \"%s\"}";
    assertThat(staff.post(grant + "/reads", look.formatted("ACCOUNT")).body()).contains(EMAIL);
    keep(staff.post(grant + "/reads", look.formatted("CREDENTIAL")));
    keep(staff.post(grant + "/reads", look.formatted(STRAY)));
    keep(staff.post("/staff/support-grants/" + STRAY + "/reads", look.formatted("ACCOUNT")));
    keep(person.get("/account/staff-access"));
    var held =
        staff.post(
            "/staff/legal-holds",
            """
            {"subject": "%s", "categories": ["CONSENT"], "until": "%s", "reference": "4 O 128/26"}\
            """
                .formatted(subject, machine.clock().instant().plus(Duration.ofDays(2))));
    keep(held);
    var hold = held.headers().firstValue("location").orElseThrow();
    keep(staff.another().post(hold + "/confirmation", ""));
    keep(staff.post("/staff/legal-holds", "{\"reference\": \"" + EMAIL + "\"}"));
    machine.settle();
    assertThat(machine.mailbox().mails())
        .anySatisfy(mail -> assertThat(mail.text()).contains(REASON));
  }

  /** Everything wrong that a request can be, each with a mark in it. */
  private void makeMistakes(Person person) {
    for (var body :
        List.of(
            "{\"name\": \"" + NAME + "\", \"email\": \"" + EMAIL + "\", " + PASSWORD,
            STRAY,
            "[\"" + EMAIL + "\"]",
            "{\"email\": {\"" + STRAY + "\": 1}, \"password\": [\"" + PASSWORD + "\"]}",
            "{\"email\": \"" + NAME + "\", \"password\": \"" + PASSWORD + "\", \"name\": 7}",
            "{\"policies\": {\"" + STRAY + "\": \"" + EMAIL + "\"}}",
            "{\"token\": \"" + STRAY + "\"}",
            "{\"phone\": \"" + STRAY + "\", \"email\": \"" + EMAIL + "\"}",
            "{\"email\": \""
                + EMAIL
                + "\", \"password\": \""
                + PASSWORD
                + "x".repeat(17_000)
                + "\"}")) {
      for (var path : List.of("/signup", "/signup/confirmation", "/session")) {
        keep(send(person, "POST", path, body));
      }
    }
    var marked =
        Map.of(
            "content-type", "application/json; " + STRAY,
            "x-forwarded-for", STRAY,
            "x-forwarded-host", STRAY,
            "authorization", "Bearer " + STRAY,
            "referer", "https://" + STRAY + ".example/");
    keep(person.send("POST", "/session", BodyPublishers.ofString(STRAY), marked));
    keep(
        person.send(
            "POST",
            "/signup",
            BodyPublishers.ofString("{}"),
            Map.of("origin", "https://" + STRAY)));
    keep(
        person.send(
            "POST",
            "/signup",
            BodyPublishers.ofString("{}"),
            Map.of("content-type", STRAY + "/x")));
    for (var cookie : List.of(Cookies.SESSION, Cookies.BROWSER, "other")) {
      var browser = person.at(ADDRESS);
      browser.setCookie(cookie, STRAY);
      keep(browser.get("/session"));
      keep(send(browser, "POST", "/session", credentials(WRONG_PASSWORD)));
    }
    keep(person.get("/session?" + STRAY + "=" + encoded(EMAIL)));
    keep(person.get("/" + STRAY + "/" + encoded(EMAIL)));
    keep(person.get("/assets/" + STRAY));
    keep(person.get("/privacy/" + encoded(EMAIL)));
    keep(person.delete("/sessions/" + STRAY));
    keep(person.get("/confirm?token=" + STRAY));
    keep(person.get("/?email=" + encoded(EMAIL)));
  }

  // ── What must hold ─────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("encrypted-at-rest: no mark is in any item of any table")
  void noMarkIsInATable() {
    assertThat(items).hasSizeGreaterThan(15);
    for (var item : items) {
      item.bytes().forEach(bytes -> assertUnmarked(bytes, item.toString()));
    }
  }

  @Test
  @DisplayName("encrypted-at-rest: no mark is in the database's own files")
  void noMarkIsInTheDatabaseFile() {
    assertThat(files).isNotEmpty();
    assertThat(files.values().stream().mapToInt(bytes -> bytes.length).sum()).isPositive();
    files.forEach((file, bytes) -> assertUnmarked(bytes, file));
  }

  @Test
  @DisplayName("encrypted-at-rest: no mark is in any line that is printed, start-up included")
  void noMarkIsInTheOutput() {
    assertUnmarked(output.toByteArray(), "standard output");
  }

  @Test
  @DisplayName("encrypted-at-rest: nor in any line of the next start on the same data")
  void noMarkIsInTheOutputOfTheNextStart() {
    assertThat(outputOfNextStart).contains("Open ", "Data ", "Stop ", "signed in");
    assertUnmarked(outputOfNextStart.getBytes(StandardCharsets.UTF_8), "the next start's output");
  }

  @Test
  @DisplayName("encrypted-at-rest: no mark is in a queue's message or dead letter")
  void noMarkIsInAQueue() {
    assertThat(queued)
        .extracting(Queued::queue)
        .contains(
            "NoticeQueue",
            "NoticeDeadLetters",
            "ErasureQueue",
            "ExportQueue",
            "StripeQueue",
            "AssistantQueue");
    queued.forEach(
        message -> {
          assertUnmarked(message.body().getBytes(StandardCharsets.UTF_8), message.queue());
          assertThat(message.body())
              .as(message.queue())
              .matches(
                  OPAQUE.getOrDefault(
                      message.queue().replaceFirst("(Queue|DeadLetters)$", ""), "nothing"));
        });
  }

  @Test
  @DisplayName("encrypted-at-rest: KMS is told opaque ids and times only")
  void noMarkIsInAnEncryptionContext() {
    assertThat(contexts).hasSizeGreaterThan(4);
    assertThat(contexts)
        .allMatch(
            pair ->
                pair.matches(
                    "purpose=(subject|index|epoch)"
                        + "|subject=(index|[\\w-]{22}|\\w{3}#[-0-9]{10}T[0-9]{2}:00:00Z)"));
  }

  @Test
  void noAnswerEchoesAMark() {
    assertThat(answers).hasSizeGreaterThan(40);
    for (var answer : answers) {
      var what = answer.request().method() + " " + answer.request().uri().getRawPath();
      // What marks the browser, it is given: in its cookie only.
      assertUnmarked(answer.body().getBytes(StandardCharsets.UTF_8), what);
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!name.equals("set-cookie")) {
                  values.forEach(
                      value ->
                          assertUnmarked(
                              value.getBytes(StandardCharsets.UTF_8), what + " " + name));
                }
              });
    }
  }

  @Test
  void aFieldThatIsNotAskedForIsNamedAndItsValueIsNot() {
    assertThat(answers.stream().map(HttpResponse::body).filter(body -> body.contains("#/phone")))
        .isNotEmpty()
        .noneMatch(body -> body.contains(STRAY));
  }

  @Test
  @DisplayName(
      "no-sale: the mail service is told the address, which the declaration lists, and no more")
  void onlyTheDeclaredFieldLeavesToTheMailService() {
    assertThat(
            Category.SIGN_UP.fields().stream()
                .filter(field -> field.seenBy().contains(Processor.AWS))
                .map(Field::name))
        .containsExactly("email");
    assertThat(mails).hasSizeGreaterThan(2);
    for (var mail : mails) {
      assertThat(mail.to())
          .singleElement()
          .asString()
          .endsWith("Quokka.Zanzibar@wombat-mail.example.org");
      assertThat(mail.cc()).isEmpty();
      assertThat(mail.bcc()).isEmpty();
      var all = mail.subject() + mail.text() + mail.html() + mail.headers();
      for (var mark : marks.entrySet()) {
        if (!mark.getKey().startsWith("mail")) {
          for (var form : forms(mark.getValue())) {
            assertThat(all).as("%s in a mail", mark.getKey()).doesNotContain(form);
          }
        }
      }
    }
  }

  @Test
  @DisplayName("hashed-secrets: a password is a sealed Argon2id hash with RFC 9106's parameters")
  void aPasswordIsASealedArgon2idHash() {
    assertThat(passwordHash).startsWith("$argon2id$v=19$m=65536,t=3,p=1$");
    assertUnmarked(passwordHash.getBytes(StandardCharsets.UTF_8), "the hash");
    var salt = passwordHash.split("\\$", -1)[4];
    assertThat(Base64.getDecoder().decode(salt)).hasSizeGreaterThanOrEqualTo(16);
    for (var item : items) {
      item.bytes()
          .forEach(
              bytes ->
                  assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                      .as("%s", item)
                      .doesNotContain("argon2", salt));
    }
  }

  @Test
  @DisplayName("encrypted-at-rest: each declared personal field is sealed")
  void noPersonalFieldIsClear() {
    for (var item : items) {
      assertThat(item.attributes())
          .as("%s", item)
          .doesNotContainKeys(
              "name",
              "email",
              "passwordHash",
              "address",
              "userAgent",
              "values",
              "adult",
              "policies");
    }
  }

  @Test
  void theSearchFindsAMarkInEveryForm() {
    for (var form : forms(EMAIL)) {
      assertThat(found(("{\"x\": \"" + form + "\"}").getBytes(StandardCharsets.UTF_8)))
          .as(form)
          .isNotEmpty();
    }
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private void assertUnmarked(byte[] bytes, String where) {
    assertThat(found(bytes)).as("marks in %s", where).isEmpty();
  }

  /** The names of the marks that are in there: a failing test's report shows no value. */
  private List<String> found(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    var lower = text.toLowerCase(Locale.ROOT);
    var utf16 = new String(bytes, StandardCharsets.UTF_16LE).toLowerCase(Locale.ROOT);
    return marks.entrySet().stream()
        .filter(
            mark ->
                forms(mark.getValue()).stream()
                    .anyMatch(
                        form ->
                            text.contains(form)
                                || lower.contains(form.toLowerCase(Locale.ROOT))
                                || utf16.contains(form.toLowerCase(Locale.ROOT))))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What programs make of a text. */
  private static Set<String> forms(String value) {
    var forms = new LinkedHashSet<String>();
    for (var spelled : List.of(value, value.toLowerCase(Locale.ROOT))) {
      var bytes = spelled.getBytes(StandardCharsets.UTF_8);
      forms.add(spelled);
      forms.add(encoded(spelled));
      forms.add(encoded(spelled).replace("+", "%20"));
      forms.add(HexFormat.of().formatHex(bytes));
      forms.add(HexFormat.ofDelimiter(":").formatHex(bytes));
      forms.add(new StringBuilder(spelled).reverse().toString());
      var written = Problems.write(spelled);
      forms.add(written.substring(1, written.length() - 1));
      // Within a longer text base64 begins at one of three places; the ends depend on neighbours.
      for (var offset = 0; offset < 3; offset++) {
        var shifted = new byte[bytes.length + offset];
        System.arraycopy(bytes, 0, shifted, offset, bytes.length);
        for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
          var text = encoder.withoutPadding().encodeToString(shifted);
          forms.add(text.substring(offset == 0 ? 0 : 4, text.length() - text.length() % 4));
        }
      }
      // Split in two, each half tells enough.
      if (spelled.length() >= 24) {
        forms.add(spelled.substring(0, spelled.length() / 2));
        forms.add(spelled.substring(spelled.length() / 2));
      }
    }
    return forms;
  }

  /** A token is searched for in all its parts: the id before its secret is public. */
  private void mark(String name, String token) {
    marks.put(
        name,
        Token.parse(token)
            .map(parsed -> Base64.getUrlEncoder().withoutPadding().encodeToString(parsed.secret()))
            .orElse(token));
    marks.put(name + ", whole", token);
  }

  private void keep(HttpResponse<String> answer) {
    answers.add(answer);
  }

  private static HttpResponse<String> send(
      Person person, String method, String path, @org.jspecify.annotations.Nullable String json) {
    return person.send(
        method,
        path,
        json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json),
        json == null
            ? Map.of("user-agent", USER_AGENT)
            : Map.of("user-agent", USER_AGENT, "content-type", "application/json"));
  }

  private static String credentials(String password) {
    return Problems.write(Map.of("email", EMAIL, "password", password));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static boolean sleep() {
    try {
      Thread.sleep(2);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** The database's files; what the local machine keeps for its own stand-ins lies beside it. */
  private static Map<String, byte[]> read(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      var read = new LinkedHashMap<String, byte[]>();
      for (var file :
          (Iterable<Path>)
              all.filter(Files::isRegularFile)
                      .filter(
                          path -> path.getFileName().toString().startsWith("shared-local-instance"))
                  ::iterator) {
        read.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
      return read;
    }
  }

  private static String passwordHash(Machine machine) {
    UnaryOperator<Fields> same = fields -> fields;
    var kind = new Kind<>(Category.CREDENTIAL, "CREDENTIAL", 1, same, same);
    try (var tables = new RawTables(machine)) {
      var subject =
          tables.of(machine, "SUBJECTS_TABLE").stream()
              .filter(item -> item.sk().equals("CREDENTIAL"))
              .findFirst()
              .orElseThrow()
              .pk();
      return Backend.of(new Environment(machine.environment("SessionFunction"), machine.clock()))
          .store()
          .get(kind.in(subject), Purpose.AUTHENTICATION)
          .orElseThrow()
          .value()
          .text("passwordHash");
    }
  }
}
