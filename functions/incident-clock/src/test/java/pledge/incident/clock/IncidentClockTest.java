package pledge.incident.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.PolicyDocument;
import pledge.policy.Table;
import pledge.privacy.AuditChain;
import pledge.privacy.AuditChain.Verdict;
import pledge.privacy.Incident;
import pledge.privacy.IncidentEntry.Extent;
import pledge.privacy.IncidentEntry.Step;
import pledge.privacy.Incidents;
import pledge.privacy.Incidents.Change;
import pledge.privacy.Incidents.Outcome;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.subject.Acceptance;
import pledge.subject.EmailAddress;
import pledge.subject.Password;
import pledge.subject.PasswordHashing;
import pledge.subject.SignUps;
import pledge.vault.Environment;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The function by itself, on a machine where nobody calls it but the test. */
@DisplayName("abuse-and-incidents")
final class IncidentClockTest {
  private static final Path EVENT = Path.of("..", "..", "events", "incident-clock", "hourly.json");
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  /** Its own schedule comes after 37 minutes: between full hours nothing runs by itself. */
  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withFunctions("IncidentClockFunction")
              .withoutExpiry()
              .withParameter("Argon2MemoryKib", "19456")
              .withParameter("Argon2Iterations", "2")
              .withClockAt(START));

  private final Environment environment =
      new Environment(machine.environment("IncidentClockFunction"), machine.clock());
  private final DynamoDbClient dynamo = environment.dynamo(Environment.httpClient());
  private final Chains chains = new Chains(Backend.of(environment).store());
  private final AuditChain audit = new AuditChain(chains, machine.clock());
  private final Incidents incidents = new Incidents(chains, audit);

  @AfterEach
  void stop() {
    dynamo.close();
    machine.close();
  }

  private String run() {
    try {
      var answer = machine.invoke("IncidentClockFunction", Files.readAllBytes(EVENT));
      return new String(answer, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Found now. */
  private String open(Category category, Instant beganAt, Optional<Instant> endedAt) {
    return incidents
        .open(
            "an-opaque-id-of-staff",
            new Step.Opened(
                "a lost laptop",
                new Extent(Set.of(category), Optional.of(beganAt), endedAt),
                machine.clock().instant(),
                "Its sessions were ended."))
        .id();
  }

  private void change(String id, Change change) {
    assertThat(incidents.change(id, "an-opaque-id-of-staff", change))
        .isInstanceOf(Outcome.Changed.class);
  }

  private void tell(String id) {
    change(
        id,
        new Change(
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Step.TellingBegun("Mails may come.", "Wait.")),
            Optional.empty()));
  }

  private void correct(String id, Instant beganAt) {
    change(
        id,
        new Change(
            Optional.empty(),
            Set.of(),
            Optional.of(beganAt),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private void report(String id) {
    change(
        id,
        new Change(
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(machine.clock().instant()),
            Optional.empty(),
            Optional.empty()));
  }

  private Incident find(String id) {
    return incidents.find(id).orElseThrow();
  }

  /** Somebody signs up; answers their id. */
  private String signUp(String name) {
    var before = subjects();
    var signup = new Environment(machine.environment("SignupFunction"), machine.clock());
    new SignUps(Backend.of(signup), PasswordHashing.of(signup), machine.clock())
        .request(
            new SignUps.Form(
                name,
                EmailAddress.parse(name + "@wombat-mail.example.org").orElseThrow(),
                new Password("twelve green herons at dawn"),
                List.of(Acceptance.of(PolicyDocument.ASSISTANT_PRIVACY))));
    var after = subjects();
    after.removeAll(before);
    assertThat(after).hasSize(1);
    return after.iterator().next();
  }

  private Set<String> subjects() {
    return partitions("SIGN_UP");
  }

  /** Who has a notice of that incident; there can be one of it. */
  private Set<String> told(String incident) {
    return partitions("OUTBOX#NOTICE#" + incident);
  }

  private Set<String> partitions(String sort) {
    return dynamo
        .scanPaginator(request -> request.tableName(Table.SUBJECTS.resource()).consistentRead(true))
        .items()
        .stream()
        .filter(item -> text(item, "sk").equals(sort))
        .map(item -> text(item, "pk"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return item.getOrDefault(name, AttributeValue.fromS("")).s();
  }

  // ── The 72 hours ───────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @CsvSource({"0, 259200", "47, 90000", "48, 86400", "49, 82800", "72, 0", "73, -3600"})
  @DisplayName(
      "abuse-and-incidents: says how much is left of the 72 hours, and how much too little")
  void saysHowMuchIsLeft(int hours, long seconds) {
    open(Category.SESSION, START.minus(HOUR), Optional.empty());
    machine.clock().advance(HOUR.multipliedBy(hours));

    assertThat(run()).contains("\"IncidentsOpen\":1", "\"IncidentReportSeconds\":" + seconds + ",");
  }

  @Test
  void saysWhatIsLeftOfTheFirstThatIsNotReported() {
    assertThat(run()).contains("\"IncidentsOpen\":0", "\"IncidentReportSeconds\":259200,");
    var first = open(Category.SESSION, START.minus(HOUR), Optional.empty());
    machine.clock().advance(HOUR);
    var second = open(Category.SESSION, START.minus(HOUR), Optional.empty());
    machine.clock().advance(HOUR);
    assertThat(run()).contains("\"IncidentReportSeconds\":252000,");
    report(first);
    assertThat(run()).contains("\"IncidentsOpen\":2", "\"IncidentReportSeconds\":255600,");
    report(second);

    assertThat(run()).contains("\"IncidentsOpen\":2", "\"IncidentReportSeconds\":259200,");
  }

  @Test
  void saysItWhereNobodyCanBeTold() {
    signUp("ada");
    tell(open(Category.SIGN_UP, START, Optional.empty()));
    var printed = new ByteArrayOutputStream();
    var out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      machine.kms().failNext(1_000, "KMSInternalException", 500);
      assertThatThrownBy(this::run).isInstanceOf(IllegalStateException.class);
    } finally {
      System.setOut(out);
      machine.kms().reset();
    }

    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("\"IncidentReportSeconds\":259200")
        .doesNotContain("IncidentClockRuns", "\"ada", "wombat", "laptop");
  }

  // ── Whom it touched ────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("abuse-and-incidents: tells whom it touched, by kind of data and time, and no other")
  void tellsWhomItTouched() {
    var before = signUp("before");
    machine.clock().advance(HOUR);
    var began = machine.clock().instant();
    var within = signUp("within");
    machine.clock().advance(HOUR);
    var ended = machine.clock().instant();
    machine.clock().advance(HOUR);
    var after = signUp("after");
    var touched = open(Category.SIGN_UP, began, Optional.of(ended));
    var other = open(Category.SESSION, began, Optional.of(ended));
    var untold = open(Category.SIGN_UP, began, Optional.of(ended));
    tell(touched);
    tell(other);
    run();

    assertThat(told(touched)).containsExactlyInAnyOrder(before, within).doesNotContain(after);
    assertThat(told(other)).isEmpty();
    assertThat(told(untold)).isEmpty();
    assertThat(find(touched).telling().orElseThrow().affected()).contains(2L);
    assertThat(find(other).telling().orElseThrow().affected()).contains(0L);
  }

  @Test
  @DisplayName("abuse-and-incidents: one notice each, however often it runs, at once or not")
  void tellsEachOnce() throws Exception {
    var people = new HashSet<String>();
    for (var i = 0; i < 5; i++) {
      people.add(signUp("person" + i));
    }
    var id = open(Category.SIGN_UP, START, Optional.empty());
    tell(id);
    try (var executor = Executors.newFixedThreadPool(3)) {
      for (var result :
          executor.invokeAll(List.<Callable<String>>of(this::run, this::run, this::run))) {
        assertThat(result.get()).contains("\"IncidentClockRuns\":1");
      }
    }
    run();
    machine.clock().advance(HOUR);
    machine.settle();
    run();

    assertThat(told(id)).isEqualTo(people);
    assertThat(find(id).history().stream().map(Incident.Done::words))
        .containsExactly("opened", "telling begun", "all told");
    assertThat(audit.verify(Category.INCIDENT)).isEqualTo(new Verdict.Kept(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  @DisplayName("abuse-and-incidents: one notice each, wherever a run dies")
  void tellsEachOnceWhereverARunDies(int write) {
    var people = Set.of(signUp("ada"), signUp("bob"), signUp("eve"));
    var id = open(Category.SIGN_UP, START, Optional.empty());
    tell(id);
    machine.dynamo().reset();
    machine.dynamo().dieAfterWrite(write);
    assertThatThrownBy(this::run).isInstanceOf(IllegalStateException.class);
    machine.dynamo().reset();
    run();

    assertThat(told(id)).isEqualTo(people);
    assertThat(find(id).telling().orElseThrow().affected()).contains(3L);
  }

  @Test
  @DisplayName("abuse-and-incidents: who turns out to be touched later is told later, once")
  void tellsWhoTurnsOutToBeTouched() {
    var ada = signUp("ada");
    machine.clock().advance(HOUR);
    var bob = signUp("bob");
    machine.clock().advance(HOUR);
    var id = open(Category.SIGN_UP, START.minus(HOUR), Optional.of(START));
    tell(id);
    run();
    assertThat(told(id)).containsExactly(ada);
    change(
        id,
        new Change(
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            Optional.of(START.plus(HOUR)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    assertThat(find(id).isTelling()).isTrue();
    run();

    assertThat(told(id)).containsExactlyInAnyOrder(ada, bob);
    assertThat(find(id).telling().orElseThrow().affected()).contains(2L);
    correct(id, START.minus(HOUR.multipliedBy(2)));
    run();
    assertThat(told(id)).hasSize(2);
  }

  @Test
  void tellsNobodyOfWhatIsNotToBeTold() {
    signUp("ada");
    var id = open(Category.SIGN_UP, START, Optional.empty());
    run();

    assertThat(told(id)).isEmpty();
    assertThat(find(id).history()).hasSize(1);
  }

  @Test
  @DisplayName("encrypted-at-rest: a notice is sealed, and nothing of it is printed")
  void sealsWhatItTells() {
    signUp("ada");
    var id = open(Category.SIGN_UP, START, Optional.empty());
    tell(id);
    run();

    assertThat(dynamo.scan(request -> request.tableName(Table.SUBJECTS.resource())).toString())
        .doesNotContain("laptop", "Mails may come", "wombat");
  }
}
