package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.policy.AtErasure;
import pledge.policy.Table;
import pledge.records.Backstage;

/** A legal hold on the whole machine: two members of staff, a person who leaves, and the mails. */
class LegalHoldJourneyTest {
  private static final String HOLDS = "/staff/legal-holds";
  private static final String BEGINS = "We have to keep some of your data for now";
  private static final String ENDS = "An obligation to keep some of your data is over";

  private final Machine machine =
      Machine.start(QuickHashes.options("ErasureFunction", "PrivacyClockFunction"));
  private final Staff staff = new Staff(machine);
  private final Person ada = Person.of(machine, "ada@example.org");
  private String subject = "";

  @BeforeEach
  void live() {
    ada.withSession();
    subject = Problems.json(ada.get("/session")).path("subject").asText();
  }

  @AfterEach
  void close() {
    machine.close();
  }

  @Test
  @DisplayName("legal-hold, erase-everywhere: from the proposal to the receipt, with two mails")
  void fromTheProposalToTheReceipt() {
    var hold = propose(Duration.ofDays(40), "");
    machine.settle();
    assertThat(mails(BEGINS)).as("one member of staff is none").isEmpty();
    assertProblem(staff.post(hold + "/confirmation", ""), 409, "own-proposal");
    assertThat(staff.another().post(hold + "/confirmation", "").statusCode()).isEqualTo(200);
    machine.settle();

    assertThat(mails(BEGINS))
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.text())
                  .contains("- your name and e-mail address\n- what you agreed to, and when")
                  .contains("even if you ask us to", "legal@assisters.io")
                  .doesNotContain("4 O 128/26");
              assertThat(mail.html()).contains("- your name and e-mail address<br>");
            });
    var id = asksToBeErased();
    assertThat(requests().at("/heldByLaw/0/categories/0").asText()).isEqualTo("ACCOUNT");
    pass(AtErasure.CHANGE_OF_MIND);
    for (var day = 0; day < 20; day++) {
      pass(Duration.ofDays(1));
    }
    assertThat(left()).as("all but what is held").containsExactlyInAnyOrder("ACCOUNT", "CONSENT");
    assertThat(ada.at("127.0.23.2").signIn().statusCode()).isEqualTo(401);
    assertThat(mails(ENDS)).isEmpty();
    assertThat(mails("Your account is being deleted"))
        .singleElement()
        .satisfies(
            mail ->
                assertThat(mail.text())
                    .contains("/privacy/receipts/" + id)
                    .contains("The law obliges us to keep some of it for now, until ")
                    .contains("- your name and e-mail address\n- what you agreed to, and when"));
    assertThat(ada.get("/privacy/receipts/" + id).statusCode()).isEqualTo(202);

    for (var day = 0; day < 18; day++) {
      pass(Duration.ofDays(1));
    }
    assertThat(mails(ENDS)).hasSize(1);
    assertThat(Problems.json(staff.get(hold)).path("state").asText()).isEqualTo("expired");
    assertThat(Problems.json(staff.get(hold)).path("history")).hasSize(3);
    var receipt = Problems.json(ada.get("/privacy/receipts/" + id)).path("receipt");
    assertThat(receipt.path("jti").asText()).isEqualTo(id);
    assertThat(receipt.path("stages").findValue("held").at("/ACCOUNT/records").asInt()).isOne();
    assertThat(receipt.path("stages").findValue("held").at("/CONSENT/until").asText())
        .isEqualTo(Problems.json(staff.get(hold)).path("until").asText());
    assertThat(left()).isEmpty();
  }

  @Test
  @DisplayName("legal-hold: of one that the law forbids to tell, a person sees and gets nothing")
  void anUndisclosedHoldTellsNobody() {
    var hold = propose(Duration.ofDays(60), ", \"undisclosed\": true");
    assertThat(staff.another().post(hold + "/confirmation", "").statusCode()).isEqualTo(200);
    var before = requests();
    var bob = Person.of(machine, "bob@example.org").at("127.0.23.4").withSession();
    var held = asksToBeErased();
    var free = asksToBeErased(bob);
    assertThat(before.path("heldByLaw")).isEmpty();
    pass(AtErasure.CHANGE_OF_MIND);
    pass(Duration.ofHours(2));
    var shown = standing(bob, free);
    for (var day = 0; day < 7; day++) {
      assertThat(standing(bob, free)).as("whom nothing holds").isEqualTo(shown);
      assertThat(standing(ada, held)).as("day %d", day).isEqualTo(shown);
      pass(Duration.ofHours(23));
    }
    pass(Duration.ofDays(13));
    pass(Duration.ofDays(1));
    assertThat(bob.get("/privacy/receipts/" + free).statusCode()).isEqualTo(200);
    assertThat(standing(ada, held)).as("late, and nothing else").isEqualTo(shown);
    assertThat(left()).containsExactlyInAnyOrder("ACCOUNT", "CONSENT");
    assertProblem(ada.confirm(), 400, "link-did-not-work");

    var again = ada.at("127.0.23.3");
    assertThat(again.signUp().statusCode()).isEqualTo(202);
    machine.settle();
    assertThat(machine.mailbox().to(ada.email).getLast().subject())
        .as("the address is as free as anybody's")
        .isEqualTo("Confirm your address");
    assertThat(again.confirm().statusCode()).isEqualTo(204);
    assertThat(again.signIn().statusCode()).isEqualTo(204);
    assertThat(Problems.json(again.get("/session")).path("subject").asText()).isNotEqualTo(subject);

    assertThat(staff.delete(hold).statusCode()).isEqualTo(200);
    assertProblem(staff.delete(hold), 409, "hold-over");
    assertProblem(staff.another().post(hold + "/confirmation", ""), 409, "hold-over");
    pass(Duration.ofDays(1));
    pass(Duration.ofDays(9));
    pass(Duration.ofDays(1));
    assertThat(left()).isEmpty();
    assertThat(machine.mailbox().to(ada.email))
        .extracting(Mail::subject)
        .doesNotContain(BEGINS, ENDS);
    assertThat(mails("Your account is being deleted"))
        .singleElement()
        .satisfies(mail -> assertThat(mail.text()).doesNotContain("The law"));
    assertThat(again.get("/account/policies").statusCode()).as("the new account").isEqualTo(200);
  }

  @Test
  @DisplayName("legal-hold: its end is told to who asked for no deletion, within the hour")
  void itsEndIsToldToWhoStays() {
    var hold = propose(Duration.ofDays(2), "");
    assertThat(staff.another().post(hold + "/confirmation", "").statusCode()).isEqualTo(200);
    pass(Duration.ofDays(1));
    assertThat(mails(ENDS)).isEmpty();

    pass(Duration.ofDays(1));

    assertThat(mails(BEGINS)).hasSize(1);
    assertThat(mails(ENDS)).hasSize(1);
    assertThat(Problems.json(staff.get(hold)).path("history")).hasSize(3);
    assertThat(ada.get("/account/policies").statusCode()).isEqualTo(200);
    assertThat(requests().path("heldByLaw")).isEmpty();
  }

  @Test
  @DisplayName("staff-access: without a signature nothing is answered of holds")
  void answersNothingWithoutASignature() {
    for (var path : List.of(HOLDS, HOLDS + "/AAECAwQFBgcICQoLDA0ODw")) {
      assertThat(ada.get(path).statusCode()).isEqualTo(403);
      assertThat(ada.send("POST", path, "{}").statusCode()).isIn(403, 404);
      assertThat(ada.delete(path).statusCode()).isIn(403, 404);
    }
    assertThat(ada.send("POST", HOLDS + "/AAECAwQFBgcICQoLDA0ODw/confirmation", "{}").statusCode())
        .isEqualTo(403);
  }

  private String propose(Duration length, String more) {
    var proposed =
        staff.post(
            HOLDS,
            """
            {"subject": "%s", "categories": ["CONSENT", "ACCOUNT"], "until": "%s",
              "reference": "4 O 128/26"%s}\
            """
                .formatted(subject, machine.clock().instant().plus(length), more));
    assertThat(proposed.statusCode()).isEqualTo(201);
    return proposed.headers().firstValue("location").orElseThrow();
  }

  private String asksToBeErased() {
    return asksToBeErased(ada);
  }

  /** What the holder of a receipt's id is shown before there is one, but for ids and times. */
  private static String standing(Person person, String id) {
    var answer = person.get("/privacy/receipts/" + id);
    assertThat(answer.statusCode()).isEqualTo(202);
    return answer.body().replace(id, "").replaceAll("\"[0-9]{4}-[^\"]*\"", "");
  }

  private String asksToBeErased(Person person) {
    HttpResponse<String> asked = person.send("POST", "/privacy/erasures", null);
    assertThat(asked.statusCode()).isEqualTo(202);
    machine.settle();
    return Problems.json(asked).path("id").asText();
  }

  private JsonNode requests() {
    return Problems.json(ada.get("/privacy/requests"));
  }

  private List<Mail> mails(String about) {
    return machine.mailbox().to(ada.email).stream()
        .filter(mail -> mail.subject().equals(about))
        .toList();
  }

  /** The kinds of records that are left of her first account, but for the request itself. */
  private List<String> left() {
    try (var backstage = new Backstage(machine)) {
      return backstage.raw(Table.SUBJECTS).stream()
          .filter(item -> item.toString().contains(subject))
          .map(item -> Objects.requireNonNull(item.get("sk")).s().split("#", 2)[0])
          .distinct()
          .filter(kind -> !kind.equals("REQUEST"))
          .toList();
    }
  }

  private void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle();
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
  }
}
