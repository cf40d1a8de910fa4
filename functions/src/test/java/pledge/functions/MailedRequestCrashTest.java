package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.local.Machine;

/** A process that dies between any two writes of what staff or a link do, and a second try. */
class MailedRequestCrashTest {
  /** More than any of it needs, so that the last ones never strike. */
  private static final int WRITES = 5;

  private static Machine machine;
  private static Postman postman;
  private static ByMail byMail;
  private static Colleague colleague;
  private static int people;

  private Person ada;

  /** A death: before or after which write. */
  record Death(boolean before, int write) {
    void plan() {
      machine.dynamo().reset();
      if (before) {
        machine.dynamo().dieBeforeWrite(write);
      } else {
        machine.dynamo().dieAfterWrite(write);
      }
    }

    @Override
    public String toString() {
      return (before ? "before" : "after") + " write " + write;
    }
  }

  static Stream<Death> deaths() {
    return IntStream.rangeClosed(1, WRITES)
        .boxed()
        .flatMap(write -> Stream.of(new Death(true, write), new Death(false, write)));
  }

  @BeforeAll
  static void start() {
    // Without the functions that mail and erase: their writes would be counted as well.
    machine =
        Machine.start(
            QuickHashes.options()
                .withFunctions(
                    "SignupFunction",
                    "SessionFunction",
                    "PrivacyRequestFunction",
                    "StaffRequestFunction"));
    postman = new Postman(machine);
    byMail = new ByMail(machine);
    colleague = new Colleague(machine, "AIDACKCEVSQ6C2EXAMPLE");
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @BeforeEach
  void meetSomebodyNew() {
    machine.dynamo().reset();
    machine.clock().advance(Duration.ofDays(2));
    ada = Person.of(machine, "ada" + people++ + "@example.org");
    ada.signUp();
    postman.deliver();
    ada.confirm();
    ada.signIn();
  }

  private JsonNode requests() {
    return Problems.json(ada.get("/privacy/requests")).path("requests");
  }

  private long mails(String subject) {
    return machine.mailbox().to(ada.email).stream()
        .filter(mail -> mail.subject().equals(subject))
        .count();
  }

  /** Whether it died of it. */
  private static boolean struck(int status) {
    var struck = machine.dynamo().isDead();
    machine.dynamo().reset();
    assertThat(status).isEqualTo(struck ? 503 : status);
    return struck;
  }

  @ParameterizedTest(name = "right-deletion: {0}")
  @MethodSource("deaths")
  void aLinkIsMailedOrStaffAreToldThatItIsNot(Death death) {
    death.plan();
    var first = byMail.open(ada.email, machine.clock().instant());
    if (!struck(first.statusCode())) {
      assertThat(first.statusCode()).isEqualTo(202);
      assertThat(death.write()).as("it has writes to die at").isGreaterThan(1);
    }

    assertThat(byMail.open(ada.email, machine.clock().instant()).statusCode()).isEqualTo(202);
    postman.deliver();

    assertThat(mails("Confirm that you want your account deleted")).isBetween(1L, 2L);
    assertThat(ByMail.confirm(ada, byMail.token(ada.email).orElseThrow()).statusCode())
        .isEqualTo(204);
    assertThat(requests()).hasSize(1);
  }

  @ParameterizedTest(name = "right-deletion: {0}")
  @MethodSource("deaths")
  void aConfirmationIsWholeOrNotThere(Death death) {
    byMail.open(ada.email, machine.clock().instant());
    postman.deliver();
    var token = byMail.token(ada.email).orElseThrow();
    death.plan();
    var first = ByMail.confirm(ada, token);
    if (!struck(first.statusCode())) {
      assertThat(first.statusCode()).isEqualTo(204);
      assertThat(death.write()).as("it has writes to die at").isGreaterThan(1);
    }

    var done = requests().size() == 1;
    var second = ByMail.confirm(ada, token);
    if (done) {
      assertProblem(second, 400, "link-did-not-work");
    } else {
      assertThat(second.statusCode()).isEqualTo(204);
    }
    postman.deliver();

    assertThat(requests()).hasSize(1);
    assertThat(mails("You asked us to delete your account")).isEqualTo(1);
  }

  @ParameterizedTest(name = "adults-only: {0}")
  @MethodSource("deaths")
  void aReportIsWholeOrNotThere(Death death) {
    byMail.report(ada.email);
    death.plan();
    var first = colleague.report(ada.email).path("statusCode").asInt();
    if (!struck(first)) {
      assertThat(first).isEqualTo(202);
      assertThat(death.write()).as("it has writes to die at").isGreaterThan(1);
    }

    assertThat(colleague.report(ada.email).path("statusCode").asInt()).isEqualTo(202);
    postman.deliver();

    assertThat(requests()).hasSize(1);
    assertThat(mails("Your account is deleted: you must be 18")).isEqualTo(1);
  }
}
