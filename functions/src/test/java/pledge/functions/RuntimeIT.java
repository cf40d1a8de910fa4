package pledge.functions;

import static java.util.function.Function.identity;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.functions.AwsCalls.Call;
import pledge.http.Cookies;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.local.StripeStandIn;
import pledge.policy.Category;
import pledge.policy.PolicyDocument;
import pledge.processor.Payments;
import pledge.processor.stripe.StripePayments;
import pledge.records.Backstage;
import pledge.runtime.Events;
import pledge.runtime.Instance;
import pledge.runtime.Jvm.Mode;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.vault.Environment;
import pledge.vault.Secrets;

/** The archives that are deployed, under the runtime client that Lambda starts them with. */
class RuntimeIT {
  private static final DeployedTemplate TEMPLATE = new DeployedTemplate();
  private static final String NAME = "Ada Lovelace-Byron";
  private static final String DOMAIN = "herons.example.org";
  private static final String PASSWORD = "twelve green herons at dawn";
  private static final String WRONG_PASSWORD = "thirteen grey herons at dusk";
  private static final String SECRET = "the-secret-of-the-role";
  private static final Pattern LINK = Pattern.compile("/confirm#([A-Za-z0-9_-]{64})");
  private static final Pattern COOKIE = Pattern.compile(Cookies.SESSION + "=([^;\"]+)");
  private static final Pattern BROWSER = Pattern.compile(Cookies.BROWSER + "=([^;\"]+)");

  /** What no function may print. */
  private static final Set<String> MARKS =
      new HashSet<>(List.of("Lovelace", DOMAIN, PASSWORD, WRONG_PASSWORD, SECRET));

  @TempDir private static Path tasks;
  private static Machine machine;
  private static AwsCalls aws;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path logs;

  private Deployment deployment;

  @BeforeAll
  static void start(@TempDir Path logs) {
    // Processes have the system's clock.
    machine = Machine.start(Options.inMemory().withTickingClock().withoutFunctions());
    aws = new AwsCalls(machine.aws());
    var deployment = new Deployment(machine, aws.settings(), tasks, logs);
    try (var signup = deployment.start("SignupFunction", Mode.ON_DEMAND)) {
      assertThat(answer(signup, signUp("somebody@" + DOMAIN))).contains("\"statusCode\":202");
    }
    queued();
  }

  @AfterAll
  static void stop() {
    aws.close();
    machine.close();
  }

  @BeforeEach
  void deploy() {
    deployment = new Deployment(machine, aws.settings(), tasks, logs);
  }

  @AfterEach
  void printedNothingOfAnybody() {
    // The report of a failure names a mark, and not the line.
    assertThat(MARKS.stream().filter(deployment.printed()::contains)).as("printed").isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aPersonSignsUpConfirmsSignsInAndSignsOut(Mode mode) {
    var email = mode + "@" + DOMAIN;
    try (var page = deployment.start("PageFunction", mode)) {
      assertThat(answer(page, Events.get("/", ""))).contains("\"statusCode\":200", "<html");
    }
    try (var signup = deployment.start("SignupFunction", mode)) {
      assertThat(answer(signup, signUp(email))).contains("\"statusCode\":202");
      try (var notice = deployment.start("NoticeFunction", mode)) {
        assertThat(answer(notice, queued())).isEqualTo("{\"batchItemFailures\":[]}");
      }
      var token = handedOut(LINK, machine.mailbox().to(email).getFirst().text());
      var confirmation =
          Events.post(
              "/signup/confirmation",
              "{\"token\": \"%s\", \"password\": \"%s\"}".formatted(token, PASSWORD));
      assertThat(answer(signup, confirmation)).contains("\"statusCode\":204");
    }
    try (var session = deployment.start("SessionFunction", mode)) {
      assertThat(answer(session, signIn(email, WRONG_PASSWORD))).contains("\"statusCode\":401");
      var signedIn = answer(session, signIn(email, PASSWORD));
      assertThat(signedIn).contains("\"statusCode\":204");
      handedOut(BROWSER, signedIn);
      var cookie = Cookies.SESSION + "=" + handedOut(COOKIE, signedIn);
      assertThat(answer(session, Events.get("/session", cookie))).contains("\"statusCode\":200");
      assertThat(answer(session, Events.get("/sessions", cookie)))
          .contains("\"statusCode\":200", "a trial of Pledge");
      assertThat(answer(session, Events.delete("/session", cookie))).contains("\"statusCode\":204");
      assertThat(answer(session, Events.get("/session", cookie))).contains("\"statusCode\":401");
    }
    assertThat(deployment.printed()).contains("POST /session 401", "signed in", "is confirmed");
  }

  @ParameterizedTest
  @EnumSource
  void staffSeeIncidentsAndNobodyElseDoes(Mode mode) {
    var list = Events.get("/staff/incidents", "");
    try (var incident = deployment.start("IncidentFunction", mode)) {
      assertThat(answer(incident, list)).contains("\"statusCode\":403");
      assertThat(answer(incident, Events.ofStaff(list))).contains("\"statusCode\":200");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatStripeSignedIsTakenHoweverLarge(Mode mode) {
    try (var webhook = deployment.start("StripeWebhookFunction", mode)) {
      for (var size : List.of(0, 30_000, 60_000, 190_000)) {
        var body =
            "{\"id\": \"evt_%s_%d\", \"x\": \"%s\"}".formatted(mode, size, "é".repeat(size / 2));
        assertThat(answer(webhook, fromStripe(body))).as("%d", size).contains("\"statusCode\":204");
      }
      assertThat(answer(webhook, Events.post("/webhooks/stripe", "{}")))
          .contains("\"statusCode\":400");
      assertThat(answer(webhook, fromStripe("x".repeat(200_000)))).contains("\"statusCode\":413");
    }
  }

  /** From an archive without most of its library: what it does not need is not there. */
  @ParameterizedTest
  @EnumSource
  void stripeIsAskedToDeleteACustomer(Mode mode) {
    var stripe =
        StripePayments.of(new Environment(machine.environment("ErasureFunction"), machine.clock()));
    var customer = stripe.customer(Secrets.text(Secrets.random(16)));
    for (var number : List.of(customer, "cus_nobody", Secrets.text(Secrets.random(16)))) {
      var copy =
          new Kind<>(Category.REMOTE_COPY, "COPY", 1, Function.<Fields>identity(), identity())
              .in("remote-copies", "STRIPE#" + number);
      try (var backstage = new Backstage(machine);
          var erasure = deployment.start("ErasureFunction", mode)) {
        backstage
            .store()
            .insert(
                copy,
                new Fields(Category.REMOTE_COPY)
                    .text("answer", "{\"state\":\"TO_BE_ASKED\"}")
                    .instant("wokenAt", machine.clock().instant()),
                Instant.MAX);
        assertThat(answer(erasure, Events.message("{\"item\":\"" + copy.sort() + "\"}")))
            .isEqualTo("{\"batchItemFailures\":[]}");
        assertThat(backstage.store().exists(copy)).as(number).isFalse();
      }
    }
    assertThat(stripe.find(customer)).map(Payments.Customer::deleted).hasValue(true);
  }

  @ParameterizedTest
  @CsvSource({
    "RetentionScheduleFunction, retention-schedule/quarter-past, {",
    "RetentionSweepFunction, retention-sweep/hourly, {",
    "RetentionStreamFunction, retention-stream/session-and-sign-up, '{\"batchItemFailures\":[]}'",
    "RetentionAuditFunction, retention-audit/daily, '{\"access-controls\":'",
    "BillingWorkerFunction, billing-worker/event, '{\"batchItemFailures\":[]}'",
    "BillingWorkerFunction, billing-worker/malformed, '{\"batchItemFailures\":[{'",
    "BillingClockFunction, billing-clock/hourly, '{\"AssistantWaitingSeconds\":'",
    "BillingReconciliationFunction, billing-reconciliation/daily, {",
    "AssistantWorkerFunction, assistant-worker/assistant, '{\"batchItemFailures\":[]}'",
    "AssistantWorkerFunction, assistant-worker/malformed, '{\"batchItemFailures\":[{'"
  })
  void takesTheEventAsItsSenderWritesIt(String function, String sample, String answer)
      throws IOException {
    var event = Files.readAllBytes(Path.of("..", "events", sample + ".json"));
    try (var instance = deployment.start(function, Mode.ON_DEMAND)) {
      assertThat(answer(instance, event)).startsWith(answer);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SignupFunction, POST, /signup, 422, nothing",
    "SessionFunction, POST, /session, 422, nothing",
    "PageFunction, GET, /, 200, nothing",
    "PledgesFunction, GET, /pledges, 200, nothing",
    "StripeWebhookFunction, POST, /webhooks/stripe, 400, nothing",
    // May delete nothing: the sessions of its rehearsal end by themselves, within a minute.
    "BillingFunction, GET, /billing, 401, SESSION#",
    "AssistantFunction, GET, /assistant, 401, SESSION#"
  })
  @DisplayName("access-controls: a snapshot holds no key, and is taken by what the role may do")
  void aSnapshotHoldsNoKeyAndIsTakenByWhatTheRoleMayDo(
      String function, String method, String path, int status, String leaves) {
    var request = method.equals("GET") ? Events.get(path, "") : Events.post(path, "{}");
    var before = storedBut(leaves);
    aws.taken();
    try (var instance =
        deployment.start(function, Mode.SNAP_START, deployment.environment(function))) {
      instance.awaitSnapshot();
      var calls = aws.taken();

      assertThat(calls).as("the rehearsal").isNotEmpty();
      assertThat(calls.stream().flatMap(call -> call.permissions().stream()))
          .isSubsetOf(TEMPLATE.allowedTo(TEMPLATE.resource(function)));
      assertThat(storedBut(leaves)).as("what a rehearsal leaves").isEqualTo(before);
      for (var key : keys()) {
        var wrapped = Base64.getEncoder().encodeToString(key.binary("wrapped"));
        assertThat(calls.stream().filter(Call::isKms))
            .as("opening the key of %s", key.pk())
            .noneMatch(call -> call.asked().contains(wrapped) || call.told().contains(wrapped));
        assertThat(calls)
            .as("asking for %s", key.pk())
            .noneMatch(call -> !key.pk().equals("index") && call.asked().contains(key.pk()));
      }

      aws.cut();
      instance.restore();
      assertThat(answer(instance, request)).contains("\"statusCode\":" + status);
      assertThat(aws.taken()).as("restored").anyMatch(Call::opensTheIndexKey);
      assertThat(answer(instance, request)).contains("\"statusCode\":" + status);
      assertThat(aws.taken()).as("warm").isNotEmpty().noneMatch(Call::isKms);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SignupFunction", "SessionFunction", "PageFunction", "PledgesFunction"})
  void aFunctionThatCannotRehearseIsReadyAllTheSame(String function) {
    machine.kms().failNext(1_000, "KMSInternalException", 500);
    try (var instance =
        deployment.start(function, Mode.SNAP_START, deployment.environment(function))) {
      instance.awaitSnapshot();
      machine.kms().reset();

      assertThat(answer(instance.restore(), Events.get("/nowhere", "")))
          .contains("\"statusCode\":404");
    } finally {
      machine.kms().reset();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SignupFunction",
        "SessionFunction",
        "NoticeFunction",
        "PageFunction",
        "IncidentFunction",
        "StripeWebhookFunction"
      })
  void aMissingSettingIsNamedAtTheStartAndNoSecretIsShown(String function) {
    var settings = deployment.environment(function);
    settings.remove("BASE_URL");
    settings.put("AWS_SECRET_ACCESS_KEY", SECRET);
    try (var instance = deployment.start(function, Mode.ON_DEMAND, settings)) {
      assertThat(instance.answer().text())
          .startsWith("init error: ")
          .contains("the setting BASE_URL is missing")
          .doesNotContain(SECRET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SignupFunction", "SessionFunction", "NoticeFunction", "PageFunction"})
  void anEventThatIsNoneFailsAndTheNextIsServed(String function) {
    try (var instance = deployment.start(function, Mode.ON_DEMAND)) {
      for (var event :
          List.of("", "{", "[]", "{\"body\": \"ada@%1$s\" ada@%1$s".formatted(DOMAIN))) {
        assertThat(answer(instance, event.getBytes(StandardCharsets.UTF_8)))
            .startsWith("error: ")
            .doesNotContain(DOMAIN);
      }
      if (function.equals("NoticeFunction")) {
        assertThat(answer(instance, Events.message("no message of ours")))
            .contains("\"itemIdentifier\"");
      } else {
        assertThat(answer(instance, Events.get("/nowhere", ""))).contains("\"statusCode\":404");
      }
    }
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private static String answer(Instance instance, byte[] event) {
    return instance.answer(event).text();
  }

  private static byte[] signUp(String email) {
    var policy = PolicyDocument.ASSISTANT_PRIVACY;
    return Events.post(
        "/signup",
        """
        {"name": "%s", "email": "%s", "password": "%s", "adult": true, "policies": {"%s": "%s"}}\
        """
            .formatted(NAME, email, PASSWORD, policy.id(), policy.version()));
  }

  private static byte[] fromStripe(String body) {
    var now = machine.clock().instant().getEpochSecond();
    var signature = StripeSamples.header(body, StripeStandIn.SECRETS.getFirst(), now);
    return new String(Events.post("/webhooks/stripe", body), StandardCharsets.UTF_8)
        .replace("\"host\"", "\"stripe-signature\": \"" + signature + "\", \"host\"")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] signIn(String email, String password) {
    return Events.post(
        "/session", "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, password));
  }

  /** The event of the one message that the pipe put into the queue. */
  private static byte[] queued() {
    machine.settle();
    var queue = machine.queue("NoticeQueue");
    assertThat(queue.bodies()).hasSize(1);
    var event = Events.message(queue.bodies().getFirst());
    queue.purge();
    return event;
  }

  /** A secret that was handed out, and may not be printed from now on. */
  private static String handedOut(Pattern secret, String text) {
    var found = secret.matcher(text);
    assertThat(found.find()).as(secret.pattern()).isTrue();
    MARKS.add(found.group(1));
    return found.group(1);
  }

  private static List<RawTables.Item> keys() {
    try (var tables = new RawTables(machine)) {
      return tables.of(machine, "SUBJECT_KEYS_TABLE");
    }
  }

  /** Everything about everybody, but for counts of requests, and for this. */
  private static List<String> storedBut(String sort) {
    try (var tables = new RawTables(machine)) {
      return Stream.of("SUBJECTS_TABLE", "SUBJECT_KEYS_TABLE", "EPOCH_KEYS_TABLE")
          .flatMap(table -> tables.of(machine, table).stream())
          .filter(item -> !item.sk().startsWith(sort))
          .map(RawTables.Item::toString)
          .toList();
    }
  }
}
