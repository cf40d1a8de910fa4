package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;
import static pledge.functions.Problems.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.policy.Category;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.store.Fields;
import pledge.vault.Secrets;

/** A person asks for a copy, by HTTP, downloads it, and sees it gone in time. */
class ExportJourneyTest {
  private final Machine machine =
      Machine.start(
          QuickHashes.options(
              "ExportFunction",
              "ErasureFunction",
              "PrivacyClockFunction",
              "RetentionStreamFunction"));
  private final Person ada = Person.of(machine, "ada@example.org");

  @BeforeEach
  void live() {
    ada.withSession();
  }

  @AfterEach
  void close() {
    machine.close();
  }

  @Test
  @DisplayName("right-access, right-portability: from the button to the ZIP")
  void fromTheButtonToTheZip() {
    var asked = ada.send("POST", "/privacy/exports", null);
    machine.settle();

    assertThat(asked.statusCode()).isEqualTo(202);
    assertThat(json(asked).path("kind").asText()).isEqualTo("export");
    var request = request(ada);
    assertThat(request.path("status").asText()).isEqualTo("completed");
    var bytes = download(ada, request);
    assertThat(bytes).hasSize(request.at("/copy/bytes").asInt());
    assertThat(HexFormat.of().formatHex(Secrets.sha256(bytes)))
        .isEqualTo(request.at("/copy/sha256").asText());
    var zip = PersonalZip.of(bytes);
    zip.assertValid();
    assertThat(zip.records(Category.ACCOUNT).get(0).path("name").asText()).isEqualTo(ada.name);
    assertThat(zip.records(Category.ACCOUNT).get(0).path("email").asText()).isEqualTo(ada.email);
    assertThat(zip.records(Category.SESSION).get(0).path("userAgent").asText())
        .isEqualTo(Person.USER_AGENT);
    assertThat(zip.lines(Category.ACCOUNT)).hasSize(2).last().asString().contains(ada.email);
    assertThat(zip.file("index.html"))
        .contains("Your name and e-mail address", "data/account.json");
    assertThat(machine.mailbox().to(ada.email).getLast().subject())
        .isEqualTo("The copy of your data is ready");
  }

  @Test
  @DisplayName("right-access: a large copy comes in parts that a function can answer")
  void aLargeCopyComesInParts() {
    var subject = json(ada.get("/session")).path("subject").asText();
    var events = new ArrayList<String>();
    try (var backstage = new Backstage(machine)) {
      var now = machine.clock().instant();
      for (var number = 0; number < 30; number++) {
        // Below an item's 400 KB, and nothing that a ZIP makes smaller.
        var event = Secrets.text(Secrets.random(150_000));
        events.add(event);
        backstage
            .store()
            .insert(
                DeclaredRecord.ref(Category.SECURITY_EVENT, subject, "large" + number),
                new Fields(Category.SECURITY_EVENT).instant("at", now).text("event", event),
                Instant.MAX);
      }
    }
    ada.send("POST", "/privacy/exports", null);
    machine.settle();

    var request = request(ada);
    assertThat(request.at("/copy/parts")).hasSizeGreaterThan(2);
    var bytes = download(ada, request);
    assertThat(HexFormat.of().formatHex(Secrets.sha256(bytes)))
        .isEqualTo(request.at("/copy/sha256").asText());
    assertThat(PersonalZip.of(bytes).records(Category.SECURITY_EVENT).findValuesAsText("event"))
        .containsAll(events);
  }

  @Test
  @DisplayName("encrypted-at-rest: nothing in the bucket can be read, and no other person gets it")
  void nobodyElseReadsIt() {
    ada.send("POST", "/privacy/exports", null);
    machine.settle();
    var part = request(ada).at("/copy/parts/0").asText();
    var eve = Person.of(machine, "eve@example.org").at("127.0.22.1").withSession();

    assertProblem(eve.get(part), 404, "not-found");
    assertProblem(ada.elsewhere().get(part), 401, "not-signed-in");
    assertProblem(ada.get(part.replaceAll("[0-9]+$", "2")), 404, "not-found");
    assertProblem(ada.get(part.replaceAll("[0-9]+$", "0")), 404, "not-found");
    assertThat(machine.buckets().objects("ExportsBucket")).hasSize(1);
    machine
        .buckets()
        .objects("ExportsBucket")
        .keySet()
        .forEach(
            key ->
                assertThat(
                        new String(
                            machine.buckets().read("ExportsBucket", key).orElseThrow(),
                            StandardCharsets.ISO_8859_1))
                    .doesNotContain(ada.email, ada.name, "index.html", "PK\3\4"));
  }

  @Test
  void nothingIsThereUnderAnIdThatIsTooLong() {
    for (var path : List.of("/privacy/exports/%s/parts/1", "/privacy/platform-privacy/%s")) {
      assertProblem(ada.get(path.formatted("A".repeat(2_000))), 404, "not-found");
    }
  }

  @Test
  @DisplayName("right-access: the copy is there for seven days, to the second, and then deleted")
  void isGoneAfterSevenDays() {
    ada.send("POST", "/privacy/exports", null);
    machine.settle();
    var part = request(ada).at("/copy/parts/0").asText();
    machine.clock().advance(Duration.ofDays(7).minusSeconds(1));
    assertThat(ada.download(part).statusCode()).isEqualTo(200);

    machine.clock().advance(Duration.ofSeconds(1));

    assertProblem(ada.get(part), 404, "not-found");
    assertThat(request(ada).has("copy")).isFalse();
    machine.settle();
    assertThat(machine.buckets().objects("ExportsBucket")).isEmpty();
  }

  @Test
  void needsASignInOfTheLastTenMinutesAndIsMadeOnceAtATime() {
    machine.clock().advance(Duration.ofMinutes(10));
    assertProblem(ada.send("POST", "/privacy/exports", null), 403, "sign-in-again");
    ada.signIn();

    var first = json(ada.send("POST", "/privacy/exports", null)).path("id").asText();

    machine.settle();
    assertThat(json(ada.send("POST", "/privacy/exports", null)).path("id").asText())
        .as("the first is ready")
        .isNotEqualTo(first);
  }

  @Test
  @DisplayName("abuse-and-incidents: a person asks for three copies a day")
  void canBeAskedForThreeTimesADay() {
    for (var time = 0; time < 3; time++) {
      assertThat(ada.send("POST", "/privacy/exports", null).statusCode()).isEqualTo(202);
      machine.settle();
    }

    assertProblem(ada.send("POST", "/privacy/exports", null), 429, "too-many-requests");
  }

  @Test
  @DisplayName("right-access: who asked to be erased takes a copy along, and the copy goes too")
  void whoIsLeavingTakesACopyAlong() {
    ada.send("POST", "/privacy/erasures", null);
    machine.settle();

    ada.send("POST", "/privacy/exports", null);
    machine.settle();

    var zip = PersonalZip.of(download(ada, request(ada)));
    assertThat(zip.records(Category.PRIVACY_REQUEST)).hasSize(2);
    assertThat(machine.buckets().objects("ExportsBucket")).isNotEmpty();
    machine.clock().advance(Duration.ofDays(10));
    ada.signIn();
    ada.send("POST", "/privacy/exports", null);
    machine.settle();
    var requests = json(ada.get("/privacy/requests")).path("requests");
    var end = Instant.parse(requests.findValue("takeBackUntil").asText());
    assertThat(Instant.parse(request(ada).at("/copy/until").asText()))
        .as("with its person, and not after seven days")
        .isEqualTo(end.truncatedTo(ChronoUnit.SECONDS));
    assertThat(machine.mailbox().to(ada.email).getLast().text())
        .contains(end.toString().substring(0, 10));
    for (var hours : List.of(4 * 24, 1, 1)) {
      machine.clock().advance(Duration.ofHours(hours));
      machine.settle();
    }
    assertThat(machine.buckets().objects("ExportsBucket")).isEmpty();
  }

  /** The newest export. */
  private static JsonNode request(Person person) {
    for (var request : json(person.get("/privacy/requests")).path("requests")) {
      if (request.path("kind").asText().equals("export")) {
        return request;
      }
    }
    throw new AssertionError("no export");
  }

  private static byte[] download(Person person, JsonNode request) {
    var bytes = new ByteArrayOutputStream();
    for (var part : request.at("/copy/parts")) {
      var answer = person.download(part.asText());
      assertThat(answer.statusCode()).isEqualTo(200);
      // As base64, with what is around it: a function answers 6 MB.
      assertThat(answer.body().length * 4 / 3 + 2_000).isLessThan(6 * 1024 * 1024);
      assertThat(answer.headers().firstValue("content-type")).contains("application/zip");
      bytes.writeBytes(answer.body());
    }
    return bytes.toByteArray();
  }
}
