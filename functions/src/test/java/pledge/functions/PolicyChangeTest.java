package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;
import static pledge.functions.Problems.json;
import static pledge.functions.Problems.pointers;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.policy.PolicyDocument;

/** A policy that changed in what it promises: who is told, what they see, what is recorded. */
final class PolicyChangeTest {
  private static final PolicyDocument POLICY = PolicyDocument.ASSISTANT_PRIVACY;

  /** Half an hour before anybody looks for the first time. */
  private final Machine machine =
      Machine.start(
          QuickHashes.options("PolicyChangeFunction")
              .withClockAt(Instant.parse("2026-11-22T12:07:00Z")));

  private final Person ada = Person.of(machine, "ada@example.org").withSession();

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  @DisplayName("policy-changes: told by mail and in the account, once each, until it is accepted")
  void isToldOnceAndShownUntilItIsAccepted() {
    LongAgo.accepted(machine, ada, POLICY);
    var bob = Person.of(machine, "bob@example.org").withSession();

    anHourPasses();
    assertThat(mails(ada))
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.subject()).isEqualTo("Our privacy notice changes");
              var link = "/privacy/assistant-privacy/2026-11-21";
              assertThat(mail.text()).contains(machine.api() + link);
              assertThat(mail.html()).contains(machine.api() + link);
              assertThat(ada.get(link).statusCode()).isEqualTo(200);
            });
    assertThat(standing().path("accepted").asText()).isEqualTo(LongAgo.VERSION);
    assertThat(standing().path("changed").asBoolean()).isTrue();
    assertThat(standing().path("toldAt").asText()).isNotEmpty();
    for (var hour = 0; hour < 30; hour++) {
      anHourPasses();
    }
    assertThat(mails(ada)).hasSize(1);

    assertThat(ada.send("POST", "/account/policies", form(POLICY.version())).statusCode())
        .isEqualTo(204);
    assertThat(standing().path("changed").asBoolean()).isFalse();
    assertThat(standing().path("accepted").asText()).isEqualTo(POLICY.version());
    assertThat(standing().path("sha256").asText()).isEqualTo(POLICY.sha256());
    assertThat(mails(bob)).as("who accepted today's version").isEmpty();
  }

  @Test
  @DisplayName(
      "policy-changes: who confirms an older sign-up behind the first walk is told as well")
  void isToldThoughTheWalkHadPassed() {
    anHourPasses();
    LongAgo.accepted(machine, ada, POLICY);
    anHourPasses();
    assertThat(mails(ada)).isEmpty();
    for (var hour = 0; hour < 25; hour++) {
      anHourPasses();
    }

    assertThat(mails(ada)).hasSize(1);
  }

  @Test
  void showsWhatWasAcceptedAtSignUp() {
    assertThat(standing().path("document").asText()).isEqualTo(POLICY.id());
    assertThat(standing().path("accepted").asText()).isEqualTo(POLICY.version());
    assertThat(standing().path("changed").asBoolean()).isFalse();
    assertThat(standing().has("toldAt")).isFalse();
  }

  @Test
  void takesNoVersionButTheCurrentOne() {
    var answer = ada.send("POST", "/account/policies", form("2026-11-21"));

    assertProblem(answer, 422, "invalid-fields");
    assertThat(pointers(answer)).containsExactly("#/policies");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"policies\": {}}",
        "{\"policies\": {\"cookie-policy\": \"2026-11-22\"}}",
        "{\"policies\": {\"assistant-privacy\": 20261122}}",
        "{\"policies\": {\"assistant-privacy\": \"2026-11-22\"}, \"subject\": \"another\"}"
      })
  void tellsWhatIsWrongWithAnAcceptance(String body) {
    assertProblem(ada.send("POST", "/account/policies", body), 422, "invalid-fields");
  }

  @Test
  void isForPeopleWhoAreSignedIn() {
    var stranger = ada.elsewhere();

    assertProblem(stranger.get("/account/policies"), 401, "not-signed-in");
    assertProblem(
        stranger.send("POST", "/account/policies", form(POLICY.version())), 401, "not-signed-in");
  }

  private JsonNode standing() {
    return json(ada.get("/account/policies")).path("policies").path(0);
  }

  private void anHourPasses() {
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
  }

  private List<Mail> mails(Person person) {
    return machine.mailbox().to(person.email).stream()
        .filter(mail -> mail.subject().contains("privacy notice"))
        .toList();
  }

  private static String form(String version) {
    return "{\"policies\": {\"%s\": \"%s\"}}".formatted(POLICY.id(), version);
  }
}
