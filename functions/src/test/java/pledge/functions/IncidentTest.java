package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.local.Options;

/** From the finding of an incident to the mails to people, on the whole machine. */
@DisplayName("abuse-and-incidents")
class IncidentTest {
  private static final String INCIDENTS = "/staff/incidents";
  private static final String SUBJECT = "A security incident that concerns you";

  private static Machine machine;
  private static Staff staff;
  private static int people;

  @BeforeAll
  static void start() {
    machine =
        Machine.start(
            Options.inMemory()
                .withParameter("Argon2MemoryKib", "19456")
                .withParameter("Argon2Iterations", "2")
                .withFunctions(
                    "SignupFunction",
                    "SessionFunction",
                    "NoticeFunction",
                    "IncidentFunction",
                    "IncidentClockFunction"));
    staff = new Staff(machine);
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  private static Person person() {
    return Person.of(machine, "person" + people++ + "@example.org");
  }

  private static String open(String categories, Instant beganAt) {
    var opened =
        staff.post(
            INCIDENTS,
            "{\"kind\": \"a lost laptop\", \"categories\": [%s], \"beganAt\": \"%s\","
                    .formatted(categories, beganAt)
                + " \"measures\": \"For us alone.\"}");
    assertThat(opened.statusCode()).isEqualTo(201);
    return opened.headers().firstValue("location").orElseThrow();
  }

  private static HttpResponse<String> tell(String incident, String consequences) {
    return staff.patch(
        incident,
        "{\"tellPeople\": true, \"consequences\": \"%s\", \"advice\": \"We ended your sessions.\"}"
            .formatted(consequences));
  }

  private static void hourPasses() {
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
  }

  private static java.util.List<Mail> mails(Person person) {
    return machine.mailbox().to(person.email).stream()
        .filter(mail -> mail.subject().equals(SUBJECT))
        .toList();
  }

  @Test
  @DisplayName("abuse-and-incidents: who is touched gets one mail, in the words of the policy")
  void tellsWhomItTouchedOnce() {
    var ada = person().withSession();
    var stranger = person();
    stranger.signUp();
    machine.settle();
    var incident = open("\"SESSION\", \"CREDENTIAL\"", machine.clock().instant());
    assertThat(tell(incident, "Somebody may <b>sign in</b> & \\\"read\\\"").statusCode())
        .isEqualTo(200);
    hourPasses();
    hourPasses();
    hourPasses();

    assertThat(mails(stranger)).isEmpty();
    assertThat(mails(ada))
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.text())
                  .contains(
                      "a lost laptop",
                      "- your password, hashed\n- where you are signed in",
                      "Somebody may <b>sign in</b> & \"read\"",
                      "We ended your sessions.",
                      "legal@assisters.io")
                  .doesNotContain("For us alone.");
              assertThat(mail.html())
                  .contains("Somebody may &lt;b&gt;sign in&lt;/b&gt; &amp; &quot;read&quot;")
                  .doesNotContain("<b>");
            });
    var shown = Problems.json(staff.get(incident));
    assertThat(shown.at("/telling/finished").asBoolean()).isTrue();
    assertThat(shown.at("/telling/affected").asInt()).isEqualTo(1);
    assertThat(shown.at("/telling/people").asInt()).isGreaterThanOrEqualTo(2);
  }

  @Test
  @DisplayName("abuse-and-incidents: who waits to confirm an address is told too")
  void tellsWhoHasNotConfirmed() {
    var ada = person();
    ada.signUp();
    machine.settle();
    assertThat(tell(open("\"SIGN_UP\"", machine.clock().instant()), "Mails may come.").statusCode())
        .isEqualTo(200);
    hourPasses();

    assertThat(mails(ada)).hasSize(1);
  }

  @Test
  @DisplayName("staff-access: without a signature nothing is answered")
  void answersNothingWithoutASignature() {
    var anybody = person();
    for (var path : new String[] {INCIDENTS, INCIDENTS + "/AAECAwQFBgcICQoLDA0ODw"}) {
      assertThat(anybody.get(path).statusCode()).isEqualTo(403);
      assertThat(anybody.get(path).body()).isEqualTo("{\"message\":\"Forbidden\"}");
    }
    assertThat(anybody.send("POST", INCIDENTS, "{}").statusCode()).isEqualTo(403);
    assertThat(anybody.send("PATCH", INCIDENTS + "/AAECAwQFBgcICQoLDA0ODw", "{}").statusCode())
        .isEqualTo(403);
  }

  @Test
  @DisplayName("abuse-and-incidents: what is said at once is all kept")
  void keepsWhatIsSaidAtOnce() throws Exception {
    var incident = open("\"SESSION\"", machine.clock().instant());
    try (var executor = Executors.newFixedThreadPool(3)) {
      for (var answer :
          executor.invokeAll(
              IntStream.range(0, 3)
                  .mapToObj(
                      i ->
                          (Callable<Integer>)
                              () ->
                                  staff
                                      .patch(incident, "{\"measures\": \"measure " + i + "\"}")
                                      .statusCode())
                  .toList())) {
        assertThat(answer.get()).isEqualTo(200);
      }
    }

    assertThat(Problems.json(staff.get(incident)).path("measures")).hasSize(4);
  }
}
