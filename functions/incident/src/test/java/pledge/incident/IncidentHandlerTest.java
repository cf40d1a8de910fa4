package pledge.incident;

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
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
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

/** The function by itself: what members of staff are answered, and what the audit keeps of it. */
class IncidentHandlerTest {
  private static final Path SAMPLES = Path.of("..", "..", "events", "incident");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A role that a person took: IAM puts their name behind it. */
  private static final String ADA = "AROADBQP57FF2AEXAMPLE:ada.lovelace@example.org";

  private static final String BOB = "AROADBQP57FF2AEXAMPLE:bob.jones@example.org";

  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withFunctions("IncidentFunction")
              .withParameter("BaseUrl", "https://pledge.example.org")
              .withClockAt(Instant.parse("2026-11-21T09:30:00Z")));

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  @DisplayName("abuse-and-incidents: an incident has 72 hours from when it was found")
  void hasSeventyTwoHours() {
    var opened = open(ADA);

    assertThat(opened.path("foundAt").asText()).isEqualTo("2026-11-21T09:30:00Z");
    assertThat(opened.path("reportBy").asText()).isEqualTo("2026-11-24T09:30:00Z");
    assertThat(body(ask("open-ended", ADA, "", "")).path("reportBy").asText())
        .isEqualTo("2024-11-24T08:00:00Z");
  }

  @Test
  @DisplayName("abuse-and-incidents, staff-access: the audit shows who did what, and no name")
  void isAuditedWithoutAName() {
    var id = open(ADA).path("id").asText();
    change(BOB, id, "{\"measures\": \"The disk was encrypted.\"}");
    change(ADA, id, "{\"reportedAt\": \"2026-11-21T09:30:00Z\"}");
    var history = body(ask("show-unknown", BOB, id, "")).path("history");

    assertThat(history.findValuesAsText("done"))
        .containsExactly("opened", "measures added", "reported");
    var staff = history.findValuesAsText("staff");
    assertThat(staff).hasSize(3).allMatch(text -> text.matches("[\\w-]{43}"));
    assertThat(staff.get(0)).isEqualTo(staff.get(2)).isNotEqualTo(staff.get(1));
    assertThat(stored()).contains(staff).doesNotContain("lovelace", "jones", "AROADBQP");
    assertThat(verdict()).isEqualTo(new Verdict.Kept(3));
  }

  @Test
  void countsCharactersAndRefusesWhatBreaksOrTurnsLines() {
    var id = open(ADA).path("id").asText();
    var longest = "\ud83d\ude00".repeat(2_000);

    assertThat(measures(id, longest)).isEqualTo(200);
    assertThat(measures(id, longest + "x")).isEqualTo(422);
    for (var mark : List.of("\\u2028", "\\u2029", "\\u202e", "\\u0007")) {
      assertThat(measures(id, "a" + mark + "b")).as(mark).isEqualTo(422);
    }
  }

  private int measures(String id, String text) {
    return change(ADA, id, "{\"measures\": \"" + text + "\"}").path("statusCode").asInt();
  }

  @Test
  @DisplayName("abuse-and-incidents: what two members of staff say at once is both kept")
  void keepsWhatTwoSayAtOnce() throws Exception {
    var id = open(ADA).path("id").asText();
    try (var executor = Executors.newFixedThreadPool(4)) {
      var answers =
          executor.invokeAll(
              IntStream.range(0, 4)
                  .mapToObj(
                      i ->
                          (Callable<Integer>)
                              () ->
                                  change(
                                          i % 2 == 0 ? ADA : BOB,
                                          id,
                                          "{\"measures\": \"" + i + "\"}")
                                      .path("statusCode")
                                      .asInt())
                  .toList());
      for (var answer : answers) {
        assertThat(answer.get()).isEqualTo(200);
      }
    }

    assertThat(body(ask("show-unknown", BOB, id, "")).path("measures"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrder("Its sessions were ended.", "0", "1", "2", "3");
    assertThat(verdict()).isEqualTo(new Verdict.Kept(5));
  }

  @Test
  void listsWhatIsToBeReportedFirstFirstAndWhatIsClosedLast() {
    var closed = open(ADA).path("id").asText();
    change(BOB, closed, "{\"closed\": true, \"notReportedBecause\": \"It was a drill.\"}");
    var later = open(ADA).path("id").asText();
    var sooner = body(ask("open-ended", ADA, "", "")).path("id").asText();
    var incidents = body(ask("list", BOB, "", "")).path("incidents");

    assertThat(incidents.findValuesAsText("id")).containsExactly(sooner, later, closed);
    assertThat(incidents.findValues("closed"))
        .extracting(JsonNode::asBoolean)
        .containsExactly(false, false, true);
    assertThat(incidents.findValues("measures")).isEmpty();
  }

  @Test
  void saysHowFarPeopleWereTold() {
    var id = open(ADA).path("id").asText();
    assertThat(body(ask("show-unknown", ADA, id, "")).has("telling")).isFalse();
    change(
        ADA,
        id,
        "{\"tellPeople\": true, \"consequences\": \"Mails may come.\", \"advice\": \"Wait.\"}");

    assertThat(body(ask("list", ADA, "", "")).path("incidents").path(0).path("telling"))
        .isEqualTo(
            json(
                """
                {"consequences": "Mails may come.", "advice": "Wait.", "finished": false,
                  "people": 0, "affected": 0}
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"closed\": true}|422",
        "{\"closed\": true, \"notReportedBecause\": \" \"}|422",
        "{\"closed\": true, \"reportedAt\": \"2026-11-21T09:30:00Z\", \"notReportedBecause\": \"x\"}|422",
        "{\"closed\": true, \"notReportedBecause\": \"no risk\"}|200",
        "{\"closed\": true, \"reportedAt\": \"2026-11-21T09:30:00Z\"}|200",
        "{\"endedAt\": \"2024-11-20T21:59:59Z\"}|422",
        "{\"reportedAt\": \"2026-11-21T09:29:59Z\"}|422",
        "{\"tellPeople\": true, \"consequences\": \"a\", \"advice\": \"b\", \"closed\": true}|409",
        "{}|200"
      })
  void fitsWhatIsKnownOrIsRefusedWhole(String change, int status) {
    var id = open(ADA).path("id").asText();
    var answer = change(BOB, id, change);

    assertThat(answer.path("statusCode").asInt()).isEqualTo(status);
    if (status >= 400) {
      assertThat(verdict()).isEqualTo(new Verdict.Kept(1));
    }
  }

  @Test
  @DisplayName("abuse-and-incidents: a closed incident takes no more")
  void takesNothingOnceItIsClosed() {
    var id = open(ADA).path("id").asText();
    change(ADA, id, "{\"closed\": true, \"notReportedBecause\": \"It was a drill.\"}");
    var answer = change(BOB, id, "{\"measures\": \"more\"}");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(409);
    assertThat(body(answer).path("type").asText()).isEqualTo("urn:pledge:problem:incident-closed");
    assertThat(verdict()).isEqualTo(new Verdict.Kept(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "list", "show-unknown", "change-unknown"})
  @DisplayName("staff-access: without IAM nothing is answered, and nothing counted")
  void isForStaffOnly(String sample) {
    var answer = ask(sample, "", "", "");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(403);
    assertThat(body(answer).path("type").asText()).isEqualTo("urn:pledge:problem:for-staff-only");
    assertThat(machine.dynamo().operations()).isEmpty();
  }

  @Test
  @DisplayName("abuse-and-incidents: each member of staff has a rate of their own")
  void limitsEachMemberOfStaff() {
    for (var i = 0; i < 300; i++) {
      ask("open-empty-body", ADA, "", "");
    }

    assertThat(ask("list", ADA, "", "").path("statusCode").asInt()).isEqualTo(429);
    assertThat(ask("list", BOB, "", "").path("statusCode").asInt()).isEqualTo(200);
    machine.clock().advance(Duration.ofMinutes(10));
    assertThat(ask("list", ADA, "", "").path("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  @DisplayName("staff-access: a log has no name, and nothing of what was said")
  void printsNothingOfAnybody() {
    var printed = new ByteArrayOutputStream();
    var out = System.out;
    var err = System.err;
    var captured = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(captured);
    System.setErr(captured);
    try {
      var id = open(ADA).path("id").asText();
      change(BOB, id, "{\"measures\": \"Quixana is known.\"}");
      change(BOB, id, "{\"measures\": \"Quixana\", \"Quixana\": 1}");
      ask("open-unknown-field", ADA, "", "");
    } finally {
      System.setOut(out);
      System.setErr(err);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("PATCH /staff/incidents/{id} 422")
        .doesNotContain("lovelace", "jones", "AROADBQP", "Quixana", "Lovelace", "laptop");
  }

  private JsonNode open(String staff) {
    var answer = ask("open", staff, "", "");
    assertThat(answer.path("statusCode").asInt()).isEqualTo(201);
    assertThat(answer.at("/headers/location").asText())
        .isEqualTo("/staff/incidents/" + body(answer).path("id").asText());
    return body(answer);
  }

  private JsonNode change(String staff, String id, String body) {
    return ask("change-unknown", staff, id, body);
  }

  /** What a sample is answered, from another caller, of another incident, with another body. */
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
      return json(machine.invoke("IncidentFunction", JSON.writeValueAsBytes(event)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Environment environment() {
    return new Environment(machine.environment("IncidentFunction"), machine.clock());
  }

  private Verdict verdict() {
    var chains = new Chains(Backend.of(environment()).store());
    return new AuditChain(chains, machine.clock()).verify(Category.INCIDENT);
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
