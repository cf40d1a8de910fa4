package pledge.functions;

import static java.time.temporal.ChronoUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.policy.AtErasure;
import pledge.policy.Table;
import pledge.records.Backstage;

/** A person asks to be erased, by HTTP, and watches it to the receipt while time passes. */
class ErasureJourneyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern RECEIPT = Pattern.compile("/privacy/receipts/[A-Za-z0-9_-]{22}");

  private final Machine machine =
      Machine.start(QuickHashes.options("ErasureFunction", "PrivacyClockFunction"));
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
  @DisplayName("erase-everywhere, right-deletion: from the button to the receipt")
  void fromTheButtonToTheReceipt() throws IOException {
    var bob = Person.of(machine, "bob@example.org").at("127.0.21.1").withSession();
    var subject = json(ada.get("/session").body()).path("subject").asText();
    var elsewhere = ada.elsewhere();
    elsewhere.signIn();

    var asked = ada.send("POST", "/privacy/erasures", null);

    assertThat(asked.statusCode()).isEqualTo(202);
    var id = json(asked.body()).path("id").asText();
    machine.settle();
    assertThat(machine.mailbox().to(ada.email).getLast().text())
        .contains("you can take it back", "sign in here");
    for (var session : List.of(ada, elsewhere)) {
      assertProblem(session.get("/account/policies"), 403, "leaving");
      assertThat(session.get("/session").statusCode()).isEqualTo(200);
    }
    assertThat(stage(ada)).isEqualTo("WAIT");
    assertThat(json(ada.send("POST", "/privacy/erasures", null).body()).path("id").asText())
        .as("asked twice")
        .isEqualTo(id);
    assertThat(ada.get("/privacy/receipts/" + id).statusCode()).as("not mailed").isEqualTo(404);

    pass(AtErasure.CHANGE_OF_MIND);
    pass(Duration.ofHours(2));
    var mail = machine.mailbox().to(ada.email).getLast().text();
    var receipt = RECEIPT.matcher(mail);
    assertThat(receipt.find()).as("the last mail says where the receipt will be").isTrue();
    assertThat(mail).contains("until then how far it is");
    pass(Duration.ofHours(2));
    assertThat(ada.get("/session").statusCode()).as("the session is deleted").isEqualTo(401);
    assertThat(ada.at("127.0.21.2").signIn().statusCode()).isEqualTo(401);
    for (var day = 0; day < 7; day++) {
      var going = ada.get(receipt.group());
      assertThat(going.statusCode()).as("day %d", day).isEqualTo(202);
      assertThat(json(going.body()).path("status").asText()).isEqualTo("in_progress");
      assertThat(json(going.body()).path("stage").asText()).isEqualTo("DELETE");
      assertThat(json(going.body()).path("done").findValuesAsText("stage"))
          .containsExactly("LOCK", "WAIT", "READ_NUMBERS", "TELL");
      assertThat(going.body()).doesNotContain(ada.email, ada.name, subject);
      pass(Duration.ofHours(23));
    }
    pass(Duration.ofDays(1));
    pass(Duration.ofHours(2));

    var shown = ada.get(receipt.group());
    assertThat(shown.statusCode()).isEqualTo(200);
    var says = json(shown.body()).path("receipt");
    assertThat(says.path("jti").asText()).isEqualTo(id);
    assertThat(says.path("sub").asText()).isEqualTo(subject);
    assertThat(shown.body()).doesNotContain(ada.email, ada.name);
    assertThat(json(ada.get("/.well-known/jwks.json").body()).at("/keys/0/crv").asText())
        .isEqualTo("P-256");
    try (var backstage = new Backstage(machine)) {
      for (var table : Table.values()) {
        assertThat(backstage.raw(table))
            .as(table.id())
            .filteredOn(item -> item.toString().contains(subject))
            .hasSize(table == Table.AUDIT ? 2 : 0);
      }
    }
    assertThat(bob.at("127.0.21.3").signIn().statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName("erase-everywhere: the receipt's id is mailed before the address goes")
  void deletesTheAddressAfterTheLastMailIsSent() throws IOException {
    var subject = json(ada.get("/session").body()).path("subject").asText();
    // Open requests are gone on with at 27 minutes past: not between the tries below.
    machine.clock().set(machine.clock().instant().truncatedTo(HOURS).plus(Duration.ofMinutes(90)));
    ada.signIn();
    ada.send("POST", "/privacy/erasures", null);
    machine.settle();
    machine.mailbox().clear();
    machine.mailbox().failNext(2, "TooManyRequestsException", 429);

    machine.clock().advance(AtErasure.CHANGE_OF_MIND);
    machine.settle();
    assertThat(partition(subject)).contains("ACCOUNT", "CREDENTIAL");
    machine.clock().advance(Duration.ofMinutes(10));
    machine.settle();
    var mail = machine.mailbox().to(ada.email).getFirst();
    assertThat(RECEIPT.matcher(mail.text()).find()).isTrue();
    assertThat(partition(subject)).as("just told").contains("ACCOUNT", "CREDENTIAL");

    pass(Duration.ofHours(1));
    assertThat(partition(subject)).hasSize(1).allMatch(sort -> sort.startsWith("REQUEST#"));
  }

  private List<String> partition(String subject) {
    try (var tables = new RawTables(machine)) {
      return tables.of(machine, "SUBJECTS_TABLE").stream()
          .filter(item -> item.pk().equals(subject))
          .map(RawTables.Item::sk)
          .toList();
    }
  }

  @Test
  @DisplayName("right-deletion: taken back, everything is as it was")
  void takenBackEverythingIsAsItWas() throws IOException {
    var id = json(ada.send("POST", "/privacy/erasures", null).body()).path("id").asText();
    machine.settle();
    machine.clock().advance(Duration.ofDays(13));
    assertProblem(ada.delete("/privacy/erasures/" + id), 403, "sign-in-again");
    ada.signIn();
    assertProblem(ada.get("/account/policies"), 403, "leaving");

    assertThat(ada.delete("/privacy/erasures/" + id).statusCode()).isEqualTo(204);

    assertThat(ada.get("/account/policies").statusCode()).isEqualTo(200);
    pass(Duration.ofDays(3));
    assertThat(ada.elsewhere().signIn().statusCode()).isEqualTo(204);
    assertThat(ada.get("/account/policies").statusCode()).isEqualTo(200);
    assertThat(json(ada.get("/privacy/requests").body()).at("/requests/0/status").asText())
        .isEqualTo("cancelled");
  }

  @Test
  void needsASignInOfTheLastTenMinutes() {
    machine.clock().advance(Duration.ofMinutes(10));

    assertProblem(ada.send("POST", "/privacy/erasures", null), 403, "sign-in-again");

    ada.signIn();
    machine.clock().advance(Duration.ofMinutes(9));
    assertThat(ada.send("POST", "/privacy/erasures", null).statusCode()).isEqualTo(202);
  }

  @Test
  @DisplayName("abuse-and-incidents: who asks and takes back all day is slowed down")
  void canBeAskedForFiveTimesADay() throws IOException {
    for (var time = 0; time < 5; time++) {
      var id = json(ada.send("POST", "/privacy/erasures", null).body()).path("id").asText();
      assertThat(ada.delete("/privacy/erasures/" + id).statusCode()).isEqualTo(204);
    }

    assertProblem(ada.send("POST", "/privacy/erasures", null), 429, "too-many-requests");
    assertThat(ada.get("/account/policies").statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("isolation: nobody takes back, or sees, what another asked")
  void nobodySeesOrTakesBackWhatAnotherAsked() throws IOException {
    var id = json(ada.send("POST", "/privacy/erasures", null).body()).path("id").asText();
    var eve = Person.of(machine, "eve@example.org").at("127.0.21.4").withSession();

    assertThat(json(eve.get("/privacy/requests").body()).path("requests")).isEmpty();
    assertProblem(eve.delete("/privacy/erasures/" + id), 404, "not-found");
    assertThat(stage(ada)).isNotEmpty();
  }

  @Test
  @DisplayName("right-deletion: once it begins it is in progress, and cannot be taken back")
  void isInProgressOnceItBegins() throws IOException {
    var id = json(ada.send("POST", "/privacy/erasures", null).body()).path("id").asText();
    machine.settle();
    assertThat(status(ada)).isEqualTo("pending");
    // The last message is waited for before anything is deleted.
    machine.mailbox().failNext(1_000, "TooManyRequestsException", 429);
    pass(AtErasure.CHANGE_OF_MIND);
    ada.signIn();

    assertThat(status(ada)).isEqualTo("in_progress");
    assertProblem(ada.delete("/privacy/erasures/" + id), 409, "too-late");
    assertThat(status(ada)).isEqualTo("in_progress");
  }

  private static String status(Person person) throws IOException {
    return json(person.get("/privacy/requests").body()).at("/requests/0/status").asText();
  }

  private void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle();
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
  }

  private static String stage(Person person) throws IOException {
    return json(person.get("/privacy/requests").body()).at("/requests/0/stage").asText();
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }
}
