package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.policy.AtErasure;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.records.Backstage;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What people ask by mail: opened by staff, confirmed by whoever has the account's address. */
class MailedRequestTest {
  private static final String CONFIRM = "Confirm that you want your account deleted";
  private static final String ASKED = "You asked us to delete your account";
  private static final Pattern RECEIPT = Pattern.compile("/privacy/receipts/[A-Za-z0-9_-]{22}");

  private static Machine machine;
  private static ByMail byMail;
  private static int people;

  private Person ada;

  @BeforeAll
  static void start() {
    machine =
        Machine.start(
            QuickHashes.options("ErasureFunction", "ExportFunction", "PrivacyClockFunction"));
    byMail = new ByMail(machine);
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @BeforeEach
  void meetSomebodyNew() {
    machine.clock().advance(Duration.ofHours(2));
    ada = Person.of(machine, "ada" + people++ + "@example.org").withSession();
  }

  private static Instant ago(int days) {
    return machine.clock().instant().minus(Duration.ofDays(days)).truncatedTo(ChronoUnit.MILLIS);
  }

  private static void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle();
  }

  private static JsonNode request(Person person) {
    return Problems.json(person.get("/privacy/requests")).at("/requests/0");
  }

  private static Instant time(JsonNode request, String name) {
    return Instant.parse(request.path(name).asText());
  }

  private static List<String> subjects(Person person) {
    return machine.mailbox().to(person.email).stream().map(Mail::subject).toList();
  }

  private static List<String> openRequests() {
    try (var backstage = new Backstage(machine)) {
      return backstage.raw(Table.AUDIT).stream()
          .filter(item -> AttributeValue.fromS("open-requests").equals(item.get("pk")))
          .map(item -> Objects.requireNonNull(item.get("sk")).s())
          .toList();
    }
  }

  private static List<?> subjectsTable() {
    try (var backstage = new Backstage(machine)) {
      return backstage.raw(Table.SUBJECTS);
    }
  }

  // ── From the mail to the request ───────────────────────────────────────────────────────────

  @Test
  @DisplayName("right-deletion: what came by mail waits for a link to the account's own address")
  void whatCameByMailIsConfirmedByTheAccountsOwnAddress() {
    var receivedAt = ago(1);
    assertThat(byMail.open(" " + ada.email.replace("ada", "ADA"), receivedAt).statusCode())
        .isEqualTo(202);
    machine.settle();
    assertThat(machine.mailbox().to("ADA")).as("to the address that is known").isEmpty();
    var token = byMail.token(ada.email).orElseThrow();
    ada.get("/privacy/confirm");
    assertThat(request(ada).isMissingNode()).as("a scanner opens links as well").isTrue();

    assertThat(ByMail.confirm(ada, token).statusCode()).isEqualTo(204);

    machine.settle();
    assertThat(subjects(ada)).endsWith(CONFIRM, ASKED).containsOnlyOnce(CONFIRM, ASKED);
    assertProblem(ada.get("/account/policies"), 403, "leaving");
    assertThat(request(ada).path("status").asText()).isEqualTo("pending");
    assertThat(request(ada).path("stage").asText()).isEqualTo("WAIT");
    ada.signIn();
    assertThat(ada.delete("/privacy/erasures/" + request(ada).path("id").asText()).statusCode())
        .isEqualTo(204);
  }

  @Test
  @DisplayName("right-deletion: of an address without an account nothing is kept, nor is it said")
  void ofAnAddressWithoutAnAccountNothingIsKeptOrSaid() {
    var known = byMail.open(ada.email, ago(1));
    machine.settle();
    var before = subjectsTable();

    var unknown = byMail.open("nobody@example.org", ago(1));

    machine.settle();
    assertThat(unknown.statusCode()).isEqualTo(known.statusCode());
    assertThat(unknown.body()).isEqualTo(known.body());
    assertThat(machine.mailbox().to("nobody@example.org")).isEmpty();
    assertThat(subjectsTable()).hasSameSizeAs(before);
  }

  @Test
  @DisplayName("abuse-and-incidents: an address gets five links a day, whoever asks")
  void anAddressGetsFiveLinksADay() {
    for (var time = 0; time < 5; time++) {
      assertThat(byMail.open(ada.email, ago(1)).statusCode()).isEqualTo(202);
    }

    assertProblem(byMail.open(ada.email, ago(1)), 429, "too-many-requests");
    assertThat(byMail.open("else-" + ada.email, ago(1)).statusCode()).isEqualTo(202);
  }

  // ── The link ───────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("right-deletion: a link works once")
  void aLinkWorksOnce() {
    var token = byMail.mailed(ada, ago(1));

    assertThat(ByMail.confirm(ada, token).statusCode()).isEqualTo(204);
    assertProblem(ByMail.confirm(ada, token), 400, "link-did-not-work");

    ada.signIn();
    ada.delete("/privacy/erasures/" + request(ada).path("id").asText());
    assertProblem(ByMail.confirm(ada, token), 400, "link-did-not-work");
    assertThat(request(ada).path("status").asText()).isEqualTo("cancelled");
  }

  @Test
  @DisplayName("right-deletion: a link that is used by many at once opens one request")
  void aLinkThatIsUsedByManyAtOnceOpensOneRequest() {
    var token = byMail.mailed(ada, ago(1));

    var statuses =
        SignUpTest.<Integer>atOnce(
            Collections.nCopies(4, () -> ByMail.confirm(ada, token).statusCode()));

    machine.settle();
    assertThat(statuses).containsOnly(204, 400).containsOnlyOnce(204);
    assertThat(Problems.json(ada.get("/privacy/requests")).path("requests")).hasSize(1);
    assertThat(subjects(ada)).containsOnlyOnce(ASKED);
  }

  @Test
  @DisplayName("right-deletion: two links, a button and all at once open one request")
  void linksAndAButtonAtOnceOpenOneRequest() {
    var one = byMail.mailed(ada, ago(1));
    var other = byMail.mailed(ada, ago(2));

    var statuses =
        SignUpTest.<Integer>atOnce(
            List.<Callable<Integer>>of(
                () -> ByMail.confirm(ada, one).statusCode(),
                () -> ByMail.confirm(ada, other).statusCode(),
                () -> ada.send("POST", "/privacy/erasures", null).statusCode()));

    machine.settle();
    assertThat(statuses).containsExactly(204, 204, 202);
    assertThat(Problems.json(ada.get("/privacy/requests")).path("requests")).hasSize(1);
  }

  @Test
  @DisplayName(
      "right-access: a copy is asked for by mail, confirmed, and downloaded by who signs in")
  void aCopyIsAskedForByMail() {
    assertThat(byMail.open("export", ada.email, ago(3)).statusCode()).isEqualTo(202);
    machine.settle();
    var token = byMail.token(ada.email).orElseThrow();
    assertProblem(ByMail.confirm(ada, token), 400, "link-did-not-work");
    assertThat(request(ada).isMissingNode())
        .as("a link does what its mail said, or nothing")
        .isTrue();

    assertThat(ByMail.confirm("export", ada, token).statusCode()).isEqualTo(204);

    machine.settle();
    assertProblem(ByMail.confirm("export", ada, token), 400, "link-did-not-work");
    assertThat(request(ada).path("kind").asText()).isEqualTo("export");
    assertThat(time(request(ada), "requestedAt")).isEqualTo(ago(3));
    assertThat(time(request(ada), "dueBy")).isEqualTo(RetentionPeriod.UNTIL_ERASURE.endsAt(ago(3)));
    var part = request(ada).at("/copy/parts/0").asText();
    assertThat(PersonalZip.of(ada.download(part).body()).file("data/account.json"))
        .contains(ada.email);
    assertProblem(ada.elsewhere().get(part), 401, "not-signed-in");
  }

  @Test
  @DisplayName("right-deletion: a link for a copy erases nobody")
  void aLinkForACopyErasesNobody() {
    byMail.open("export", ada.email, ago(0));
    machine.settle();

    assertProblem(
        ByMail.confirm(ada, byMail.token(ada.email).orElseThrow()), 400, "link-did-not-work");
  }

  @Test
  @DisplayName("right-deletion: a link works for 24 hours, and staff can open the request again")
  void aLinkWorksFor24Hours() {
    var first = byMail.mailed(ada, ago(1));
    pass(Duration.ofHours(24));

    assertProblem(ByMail.confirm(ada, first), 400, "link-did-not-work");
    ada.signIn();
    assertThat(request(ada).isMissingNode()).isTrue();

    var second = byMail.mailed(ada, ago(2));
    pass(Duration.ofHours(24).minusSeconds(1));
    assertThat(ByMail.confirm(ada, second).statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName("right-deletion: a token of something else erases nobody")
  void aTokenOfSomethingElseErasesNobody() {
    var bob = Person.of(machine, "bob" + people + "@example.org");
    bob.signUp();
    var token = byMail.mailed(ada, ago(1));
    var session = ada.cookie("__Host-session").orElseThrow();
    var forged = session.substring(0, 22) + token.substring(22, 63) + "A";

    for (var other : List.of(bob.mailedToken().orElseThrow(), session, forged)) {
      assertProblem(ByMail.confirm(ada, other), 400, "link-did-not-work");
    }
    assertProblem(bob.confirm(token), 400, "link-did-not-work");
    assertThat(request(ada).isMissingNode()).isTrue();
    assertThat(bob.confirm().statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName("right-deletion: a link of who is erased does nothing")
  void aLinkOfWhoIsErasedDoesNothing() {
    ByMail.confirm(ada, byMail.mailed(ada, ago(20)));
    pass(Duration.ofHours(1));
    pass(Duration.ofHours(1));
    var token =
        byMail.mailed(Person.of(machine, "eve" + people + "@example.org").withSession(), ago(1));
    assertThat(ada.get("/session").statusCode()).as("deleted").isEqualTo(401);

    byMail.open(ada.email, ago(1));
    machine.settle();

    assertThat(subjects(ada)).containsOnlyOnce(CONFIRM);
    assertProblem(
        ByMail.confirm(ada, byMail.token(ada.email).orElseThrow()), 400, "link-did-not-work");
    assertThat(ByMail.confirm(ada, token).statusCode()).as("somebody else's").isEqualTo(204);
  }

  @Test
  @DisplayName("right-deletion: while an erasure goes on, a link finds that it does")
  void aLinkFindsTheErasureThatGoesOn() {
    var first = byMail.mailed(ada, ago(20));
    var second = byMail.mailed(ada, ago(21));
    ByMail.confirm(ada, first);
    machine.settle();
    assertThat(request(ada).path("status").asText()).isEqualTo("in_progress");
    var open = openRequests();

    assertThat(ByMail.confirm(ada, second).statusCode()).isEqualTo(204);

    assertThat(openRequests()).isEqualTo(open);
  }

  // ── When it is due ─────────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "rights-deadline: a mail of {0} days ago is done when it was due")
  @ValueSource(ints = {0, 3, 10, 20})
  void isDoneWhenItIsDueFromTheDayOfTheMail(int days) {
    var receivedAt = ago(days);
    var dueBy = RetentionPeriod.UNTIL_ERASURE.endsAt(receivedAt);
    var token = byMail.mailed(ada, receivedAt);
    machine.clock().advance(Duration.ofHours(12));
    var confirmedAt = machine.clock().instant();
    ByMail.confirm(ada, token);
    var request = request(ada);

    assertThat(time(request, "requestedAt")).isEqualTo(receivedAt);
    assertThat(time(request, "dueBy")).isEqualTo(dueBy);
    assertThat(Duration.between(confirmedAt, time(request, "takeBackUntil")))
        .isBetween(Duration.ofSeconds(-1), AtErasure.CHANGE_OF_MIND.plusSeconds(1));

    var receipt = RECEIPT.matcher("");
    while (machine.clock().instant().isBefore(dueBy.minus(Duration.ofHours(2)))
        && !(receipt.reset(machine.mailbox().to(ada.email).getLast().text()).find()
            && ada.elsewhere().get(receipt.group()).statusCode() == 200)) {
      pass(Duration.ofHours(12));
    }
    assertThat(ada.elsewhere().get(receipt.group()).statusCode())
        .as("a receipt at %s, due by %s", machine.clock().instant(), dueBy)
        .isEqualTo(200);
  }

  @Test
  @DisplayName("rights-deadline: no dead address keeps an erasure beyond the day when it is due")
  void aDeadAddressKeepsNothingBeyondTheDayWhenItIsDue() {
    var receivedAt = ago(20);
    ByMail.confirm(ada, byMail.mailed(ada, receivedAt));
    machine.settle();
    var id = request(ada).path("id").asText();
    machine.mailbox().failNext(10_000, "MessageRejected", 400);

    var dueBy = RetentionPeriod.UNTIL_ERASURE.endsAt(receivedAt);
    while (machine.clock().instant().isBefore(dueBy.minus(Duration.ofHours(2)))) {
      pass(Duration.ofHours(6));
    }

    machine.mailbox().clear();
    assertThat(ada.elsewhere().get("/privacy/receipts/" + id).statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("rights-deadline: the mails say how long it can be taken back, and that it cannot")
  void theMailsSayHowLongItCanBeTakenBack() {
    var fresh = byMail.mailed(ada, ago(0));
    assertThat(text(CONFIRM))
        .contains("within 24 hours", "you can take it back", "without the link");
    ByMail.confirm(ada, fresh);
    machine.settle();
    assertThat(text(ASKED)).contains("Until then you can take it back");

    ada = Person.of(machine, "late-" + ada.email).withSession();
    var late = byMail.mailed(ada, ago(20));
    assertThat(text(CONFIRM)).contains("All will be deleted by", "you cannot take it back");
    ByMail.confirm(ada, late);
    machine.settle();
    assertThat(text(ASKED)).contains("It cannot be taken back");

    ada = Person.of(machine, "very-" + ada.email).withSession();
    byMail.mailed(ada, ago(45));
    assertThat(text(CONFIRM)).contains("we are late").doesNotContain("will be deleted by");
  }

  @Test
  @DisplayName("service-messages: each mail is text and HTML of the same words and one link")
  void aMailIsTextAndHtmlOfTheSameWordsAndOneLink() {
    ByMail.confirm(ada, byMail.mailed(ada, ago(15)));
    byMail.report(ada.email);
    new Colleague(machine, "AIDACKCEVSQ6C2EXAMPLE").report(ada.email);
    machine.settle();
    var mails =
        machine.mailbox().to(ada.email).stream()
            .filter(mail -> !mail.subject().equals("Confirm your address"))
            .toList();

    assertThat(mails).hasSizeGreaterThanOrEqualTo(3);
    for (var mail : mails) {
      var paragraphs = mail.text().strip().split("\n\n", -1);
      assertThat(paragraphs).hasSize(3).allMatch(paragraph -> mail.html().contains(paragraph));
      assertThat(paragraphs[1]).startsWith(machine.api() + "/").doesNotContain(" ");
      assertThat(mail.subject()).doesNotContain(ada.name, ada.email);
      assertThat(mail.html()).doesNotContain("<img", "src=", "<script");
    }
  }

  private String text(String subject) {
    return machine.mailbox().to(ada.email).stream()
        .filter(mail -> mail.subject().equals(subject))
        .map(Mail::text)
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  @Test
  @DisplayName("rights-deadline: an erasure that is open begins in time for an earlier mail")
  void anErasureThatIsOpenBeginsInTimeForAnEarlierMail() {
    var asked = Problems.json(ada.send("POST", "/privacy/erasures", null));
    var receivedAt = ago(10);
    var token = byMail.mailed(ada, receivedAt);

    assertThat(ByMail.confirm(ada, token).statusCode()).isEqualTo(204);

    machine.settle();
    var request = request(ada);
    assertThat(request.path("id")).isEqualTo(asked.path("id"));
    assertThat(time(request, "takeBackUntil")).isBefore(time(asked, "takeBackUntil"));
    assertThat(time(request, "dueBy"))
        .isEqualTo(RetentionPeriod.UNTIL_ERASURE.endsAt(receivedAt))
        .isBefore(time(asked, "dueBy"));
    assertThat(openRequests())
        .as("in its new place alone")
        .singleElement()
        .satisfies(sort -> assertThat(sort).contains(time(request, "dueBy").toString()));
    assertThat(subjects(ada).stream().filter(ASKED::equals)).hasSize(2);
    var later = byMail.mailed(ada, ago(1));
    assertThat(ByMail.confirm(ada, later).statusCode()).isEqualTo(204);
    assertThat(time(request(ada), "takeBackUntil")).isEqualTo(time(request, "takeBackUntil"));
    ada.signIn();
    assertThat(ada.delete("/privacy/erasures/" + asked.path("id").asText()).statusCode())
        .isEqualTo(204);
  }
}
