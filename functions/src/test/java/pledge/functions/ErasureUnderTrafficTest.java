package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pledge.local.Machine;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.PrivacyRequests;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.store.Store;
import pledge.subject.Session;
import pledge.subject.Sessions;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Somebody is erased, by the functions, while that person and others go on. Time stands still while
 * they do, and passes in between; so it is no matter how slow the machine is.
 */
class ErasureUnderTrafficTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration HOUR = Duration.ofHours(1);

  /** As long as a slow machine may need for what is due. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final int ROUNDS = 3;

  private final Machine machine =
      Machine.start(QuickHashes.options("ErasureFunction", "PrivacyClockFunction").withoutExpiry());
  private final Backstage backstage = new Backstage(machine);
  private final Person ada = Person.of(machine, "ada@example.org");
  private final Person bob = Person.of(machine, "bob@example.org").at("127.0.22.1");
  private final List<Person> newcomers = new ArrayList<>();
  private final AtomicInteger times = new AtomicInteger();
  private SubjectId subject = SubjectId.random();
  private final LateWriter late = new LateWriter();

  /** An instance of some function that stopped: it has ada's key in memory, at the old time. */
  private final class LateWriter {
    private final Instant then = machine.clock().instant();
    private final Store store = backstage.store(() -> then);
    private final Sessions sessions = new Sessions(store, () -> then);
    private int writes;

    Void write() {
      for (var round = 0; round < ROUNDS; round++) {
        var event = DeclaredRecord.ref(Category.SECURITY_EVENT, subject.value(), "late" + writes++);
        store.insert(event, DeclaredRecord.fields(Category.SECURITY_EVENT, "x", then), Instant.MAX);
        sessions.open(subject, new Session.Origin("192.0.2.1", "a browser"));
      }
      return done();
    }
  }

  @BeforeEach
  void live() throws IOException {
    ada.withSession();
    bob.withSession();
    subject = subjectOf(ada);
    late.write();
  }

  @AfterEach
  void close() {
    backstage.close();
    machine.close();
  }

  @Test
  @DisplayName("erase-everywhere: nothing is left of who goes on meanwhile, and nobody else loses")
  void erasesSomebodyWhileEverybodyGoesOn(@TempDir Path folder) throws Exception {
    var carol = Person.of(machine, "carol@example.org").at("127.0.22.2").withSession();
    var carols = subjectOf(carol).value();
    var hers = traces(carols);
    var id = ask();
    everybodyGoesOn(List.of(this::adaIsLeaving, late::write));
    assertThat(stage()).contains(Stage.WAIT);

    for (var week = 0; week < 2; week++) {
      pass(Duration.ofDays(7).minus(HOUR));
      machine.clock().advance(HOUR);
      everybodyGoesOn(List.of(this::adaIsLeaving, late::write));
    }
    while (stage().orElseThrow() != Stage.OUTLIVE_BACKUPS) {
      machine.clock().advance(HOUR);
      everybodyGoesOn(List.of(this::adaIsLeavingOrGone, late::write));
    }
    everybodyGoesOn(List.of(this::adaIsGone, late::write));
    assertThat(traces(subject.value()))
        .as("written by somebody who had the key still")
        .hasSizeGreaterThan(2 * ROUNDS);

    pass(Duration.ofDays(7));
    while (stage().isPresent()) {
      machine.clock().advance(HOUR);
      everybodyGoesOn(List.of(this::adaIsGone));
    }

    assertThat(traces(subject.value()))
        .as("the receipt, and its row in the chain")
        .hasSize(2)
        .allMatch(item -> item.toString().contains(id));
    assertThat(traces(ada.email)).isEmpty();
    assertThat(traces(backstage.vault().blindIndex("email", ada.email))).isEmpty();
    assertThat(traces(carols)).as("who does nothing meanwhile").isEqualTo(hers);
    for (var newcomer : newcomers) {
      assertThat(newcomer.at(network()).signIn().statusCode()).isEqualTo(204);
    }
    var receipt = folder.resolve("receipt.json");
    Files.writeString(receipt, ada.get("/privacy/receipts/" + id).body());
    var keys = folder.resolve("keys.json");
    Files.writeString(keys, ada.get("/.well-known/jwks.json").body());
    assertThat(ErasureTest.verify(receipt, keys)).startsWith("VALID").contains(id);
  }

  @Test
  @DisplayName("erase-everywhere: who comes back meanwhile keeps the new account")
  void touchesNothingOfANewAccountUnderTheSameAddress() throws IOException {
    ask();
    pass(AtErasure.CHANGE_OF_MIND);
    while (stage().orElseThrow() != Stage.OUTLIVE_BACKUPS) {
      pass(HOUR);
    }
    var again = ada.at(network()).withSession();
    var anew = subjectOf(again);
    var theirs = traces(anew.value());
    late.write();

    pass(Duration.ofDays(7));
    while (stage().isPresent()) {
      pass(HOUR);
    }

    assertThat(anew).isNotEqualTo(subject);
    assertThat(traces(subject.value())).as("the receipt").hasSize(2);
    assertThat(traces(anew.value())).isEqualTo(theirs);
    assertThat(ada.at(network()).signIn().statusCode()).isEqualTo(204);
  }

  private String ask() throws IOException {
    var asked = ada.send("POST", "/privacy/erasures", null);
    assertThat(asked.statusCode()).isEqualTo(202);
    // Sessions that were open are locked in a moment.
    machine.settle(PATIENCE);
    return json(asked.body()).path("id").asText();
  }

  // ── Traffic ────────────────────────────────────────────────────────────────────────────────

  /** All at once, while the functions do what is due. */
  private void everybodyGoesOn(List<Callable<Void>> work) {
    SignUpTest.<Void>atOnce(
        Stream.concat(
                Stream.<Callable<Void>>of(this::somebodyComes, this::bobGoesOn), work.stream())
            .toList());
    machine.settle(PATIENCE);
  }

  private void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle(PATIENCE);
  }

  /** A network that nobody used before, so that nobody is slowed down. */
  private String network() {
    var number = times.incrementAndGet();
    return "127.0.%d.%d".formatted(100 + number / 200, 1 + number % 200);
  }

  private Void somebodyComes() throws IOException, InterruptedException {
    var newcomer = Person.of(machine, "newcomer" + times.get() + "@example.org").at(network());
    assertThat(newcomer.signUp().statusCode()).isEqualTo(202);
    var giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    while (newcomer.newestToken().isEmpty() && System.nanoTime() < giveUpAt) {
      Thread.sleep(20);
    }
    assertThat(newcomer.confirm(newcomer.newestToken().orElseThrow()).statusCode()).isEqualTo(204);
    assertThat(newcomer.signIn().statusCode()).isEqualTo(204);
    assertThat(json(newcomer.get("/session").body()).path("subject").asText()).isNotEmpty();
    newcomers.add(newcomer);
    return done();
  }

  private Void bobGoesOn() {
    for (var round = 0; round < ROUNDS; round++) {
      assertThat(bob.get("/session").statusCode()).as("a session from before").isEqualTo(200);
      assertThat(bob.get("/account/policies").statusCode()).isEqualTo(200);
      var elsewhere = bob.at(network());
      assertThat(elsewhere.signIn().statusCode()).isEqualTo(204);
      assertThat(elsewhere.get("/session").statusCode()).isEqualTo(200);
      assertThat(elsewhere.delete("/session").statusCode()).isEqualTo(204);
    }
    return done();
  }

  private Void adaIsLeaving() {
    for (var round = 0; round < ROUNDS; round++) {
      var elsewhere = ada.at(network());
      assertThat(elsewhere.signIn().statusCode()).isEqualTo(204);
      for (var session : List.of(ada, elsewhere)) {
        assertThat(session.get("/session").statusCode()).isEqualTo(200);
        Problems.assertProblem(session.get("/account/policies"), 403, "leaving");
      }
    }
    return done();
  }

  private Void adaIsLeavingOrGone() {
    for (var round = 0; round < ROUNDS; round++) {
      var elsewhere = ada.at(network());
      assertThat(elsewhere.signIn().statusCode()).isIn(204, 401);
      for (var session : List.of(ada, elsewhere)) {
        assertThat(session.get("/session").statusCode()).isIn(200, 401);
        assertThat(session.get("/account/policies").statusCode()).isIn(403, 401);
      }
    }
    return done();
  }

  private Void adaIsGone() {
    for (var round = 0; round < ROUNDS; round++) {
      var elsewhere = ada.at(network());
      assertThat(elsewhere.signIn().statusCode()).isEqualTo(401);
      assertThat(ada.get("/session").statusCode()).isEqualTo(401);
    }
    return done();
  }

  @SuppressWarnings("NullAway") // there is no other value of this type
  private static Void done() {
    return null;
  }

  // ── What is there ──────────────────────────────────────────────────────────────────────────

  private Optional<Stage> stage() {
    return new PrivacyRequests(backstage.backend(), machine.clock())
        .all(subject).stream().findFirst().map(request -> Stage.valueOf(request.value().stage()));
  }

  private List<Map<String, AttributeValue>> traces(String text) {
    return Stream.of(Table.values())
        .flatMap(table -> backstage.raw(table).stream())
        .filter(item -> item.toString().contains(text))
        .toList();
  }

  private static SubjectId subjectOf(Person person) throws IOException {
    return new SubjectId(json(person.get("/session").body()).path("subject").asText());
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }
}
