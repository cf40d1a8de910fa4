package pledge.legalhold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.AuditChain;
import pledge.privacy.AuditChain.Verdict;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.vault.Environment;
import pledge.vault.SubjectId;

/** The function by itself: what members of staff are answered, and what the audit keeps of it. */
class LegalHoldHandlerTest {
  private static final Path SAMPLES = Path.of("..", "..", "events", "legal-hold");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A role that a person took: IAM puts their name behind it. */
  private static final String ADA = "AROADBQP57FF2AEXAMPLE:ada.lovelace@example.org";

  private static final String BOB = "AROADBQP57FF2AEXAMPLE:bob.jones@example.org";

  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withFunctions("LegalHoldFunction")
              .withParameter("BaseUrl", "https://pledge.example.org")
              .withClockAt(Instant.parse("2026-11-21T09:30:00Z")));
  private final SubjectId person = somebody();

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  @DisplayName(
      "legal-hold: one proposes it, another confirms it, and the audit has no name of them")
  void isAuditedWithoutAName() {
    var proposed = propose(ADA, "\"ACCOUNT\", \"CONSENT\"");
    assertThat(proposed.path("statusCode").asInt()).isEqualTo(201);
    var id = body(proposed).path("id").asText();
    assertThat(proposed.at("/headers/location").asText()).isEqualTo("/staff/legal-holds/" + id);
    assertThat(body(proposed).path("state").asText()).isEqualTo("proposed");
    assertThat(body(proposed).has("confirmedBy")).isFalse();
    var confirmed = ask("confirm-unknown", BOB, id, "");
    assertThat(confirmed.path("statusCode").asInt()).isEqualTo(200);
    ask("end-unknown", ADA, id, "");

    var shown = body(ask("show-unknown", BOB, id, ""));
    assertThat(shown.path("state").asText()).isEqualTo("ended");
    assertThat(shown.path("history").findValuesAsText("done"))
        .containsExactly("proposed", "confirmed", "ended");
    var staff = shown.path("history").findValuesAsText("staff");
    assertThat(staff).hasSize(3).allMatch(text -> text.matches("[\\w-]{43}"));
    assertThat(staff.get(0)).isEqualTo(staff.get(2)).isNotEqualTo(staff.get(1));
    assertThat(shown.path("proposedBy").asText()).isEqualTo(staff.get(0));
    assertThat(shown.path("confirmedBy").asText()).isEqualTo(staff.get(1));
    assertThat(stored()).contains(staff).doesNotContain("lovelace", "jones", "AROADBQP");
    assertThat(verdict()).isEqualTo(new Verdict.Kept(3));
  }

  @Test
  @DisplayName("legal-hold: the same member of staff twice is refused, and nothing happens")
  void refusesTheSameTwice() {
    var id = body(propose(ADA, "\"ACCOUNT\"")).path("id").asText();

    assertProblem(ask("confirm-unknown", ADA, id, ""), 409, "own-proposal");

    assertThat(verdict()).isEqualTo(new Verdict.Kept(1));
    assertThat(stored()).doesNotContain("hold#" + person);
  }

  @ParameterizedTest
  @CsvSource({
    "SESSION, SESSION ends on its date",
    "API_REQUEST_LOG, API_REQUEST_LOG ends on its date",
    "BILLING_RECORD, BILLING_RECORD is kept through an erasure in any case",
    "LOOKUP, LOOKUP is not among a person's own records",
    "SUBJECT_KEY, SUBJECT_KEY stays by itself",
    "PRIVACY_REQUEST, PRIVACY_REQUEST stays by itself"
  })
  @DisplayName(
      "legal-hold: what ends on its own date, or is kept anyway, is refused with the reason")
  void saysWhyAKindCannotBeHeld(String category, String why) {
    var answer = propose(ADA, "\"ACCOUNT\", \"" + category + "\"");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(422);
    assertThat(body(answer).at("/errors/0/pointer").asText()).isEqualTo("#/categories");
    assertThat(body(answer).at("/errors/0/detail").asText()).startsWith(why);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(0));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-21T09:30:00Z, 422",
    "2026-11-21T09:30:01Z, 201",
    "2029-11-20T09:30:00Z, 201",
    "2029-11-20T09:30:01Z, 422"
  })
  void endsWithinThreeYears(String until, int status) {
    var body =
        "{\"subject\": \"%s\", \"categories\": [\"ACCOUNT\"], \"until\": \"%s\", \"reference\": \"7\"}"
            .formatted(person, until);

    assertThat(ask("propose", ADA, "", body).path("statusCode").asInt()).isEqualTo(status);
  }

  @Test
  void listsWhatEndsFirstFirstAndWhatIsOverLast() {
    var over = body(propose(ADA, "\"ACCOUNT\"")).path("id").asText();
    ask("end-unknown", BOB, over, "");
    var later = body(propose(ADA, "\"ACCOUNT\"")).path("id").asText();
    var sooner =
        body(ask("propose", ADA, "", form("\"ACCOUNT\"").replace("2027-05", "2026-12")))
            .path("id")
            .asText();
    var holds = body(ask("list", BOB, "", "")).path("legalHolds");

    assertThat(holds.findValuesAsText("id")).containsExactly(sooner, later, over);
    assertThat(holds.findValuesAsText("state"))
        .containsExactly("proposed", "proposed", "withdrawn");
    assertThat(holds.findValues("history")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"propose", "list", "show-unknown", "confirm-unknown", "end-unknown"})
  @DisplayName("staff-access: without IAM nothing of holds is answered, and nothing counted")
  void isForStaffOnly(String sample) {
    machine.dynamo().reset();
    assertProblem(ask(sample, "", "", ""), 403, "for-staff-only");
    assertThat(machine.dynamo().operations()).isEmpty();
  }

  @Test
  @DisplayName("abuse-and-incidents: each member of staff has a rate of their own for holds")
  void limitsEachMemberOfStaff() {
    for (var i = 0; i < 300; i++) {
      ask("propose-empty-body", ADA, "", "");
    }

    assertThat(ask("list", ADA, "", "").path("statusCode").asInt()).isEqualTo(429);
    assertThat(ask("list", BOB, "", "").path("statusCode").asInt()).isEqualTo(200);
    machine.clock().advance(Duration.ofMinutes(10));
    assertThat(ask("list", ADA, "", "").path("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  @DisplayName("staff-access, legal-hold: a log has no name, and nothing of whose data is held")
  void printsNothingOfAnybody() {
    var printed = new ByteArrayOutputStream();
    var out = System.out;
    var err = System.err;
    var captured = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(captured);
    System.setErr(captured);
    try {
      var id = body(propose(ADA, "\"ACCOUNT\"")).path("id").asText();
      ask("confirm-unknown", ADA, id, "");
      ask("propose-name-as-reference", ADA, "", "");
      ask("propose-unknown-field", ADA, "", "");
    } finally {
      System.setOut(out);
      System.setErr(err);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("POST /staff/legal-holds/{id}/confirmation 409")
        .doesNotContain("lovelace", "jones", "AROADBQP", "Lovelace", "4 O 128", person.value());
  }

  private JsonNode propose(String staff, String categories) {
    return ask("propose", staff, "", form(categories));
  }

  private String form(String categories) {
    return """
    {"subject": "%s", "categories": [%s], "until": "2027-05-21T00:00:00Z",
      "reference": "4 O 128/26"}\
    """
        .formatted(person, categories);
  }

  /** What a sample is answered, from another caller, of another hold, with another body. */
  private JsonNode ask(String sample, String staff, String id, String body) {
    try {
      var event = (ObjectNode) JSON.readTree(SAMPLES.resolve(sample + ".json").toFile());
      var context = (ObjectNode) event.path("requestContext");
      if (staff.isEmpty()) {
        context.remove("authorizer");
      } else {
        ((ObjectNode) context.at("/authorizer/iam")).put("userId", staff);
      }
      if (!id.isEmpty()) {
        event.putObject("pathParameters").put("id", id);
      }
      if (!body.isEmpty()) {
        event.put("body", body);
      }
      return json(machine.invoke("LegalHoldFunction", JSON.writeValueAsBytes(event)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertProblem(JsonNode answer, int status, String problem) {
    assertThat(answer.path("statusCode").asInt()).isEqualTo(status);
    assertThat(body(answer).path("type").asText()).isEqualTo("urn:pledge:problem:" + problem);
  }

  private Environment environment() {
    return new Environment(machine.environment("LegalHoldFunction"), machine.clock());
  }

  /** Somebody with a key, and nothing else. */
  private SubjectId somebody() {
    var environment = environment();
    var subject = SubjectId.random();
    var expiresAt = machine.clock().instant().plus(Duration.ofDays(10_000));
    var key = Backend.of(environment).vault().newSubjectKey(subject, expiresAt);
    try (var dynamo = environment.dynamo(Environment.httpClient())) {
      dynamo.transactWriteItems(request -> request.transactItems(List.of(key)));
    }
    return subject;
  }

  private Verdict verdict() {
    var chains = new Chains(Backend.of(environment()).store());
    return new AuditChain(chains, machine.clock()).verify(Category.LEGAL_HOLD);
  }

  /** The audit and the counters, as they lie there. */
  private String stored() {
    try (var dynamo = environment().dynamo(Environment.httpClient())) {
      return Stream.of(Table.AUDIT, Table.ACTIVITY)
          .map(table -> dynamo.scan(request -> request.tableName(table.resource())).toString())
          .reduce("", String::concat);
    }
  }

  private static JsonNode body(JsonNode answer) {
    return json(answer.path("body").asText());
  }

  private static JsonNode json(String text) {
    return json(text.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode json(byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
