package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.AuditChain;
import pledge.privacy.MinorReports;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.records.Backstage;
import pledge.store.Chains;
import pledge.store.Found;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The report that an account is a minor's, by two members of staff, and its erasure at once. */
class MinorReportTest {
  private static final String SUBJECT = "Your account is deleted: you must be 18";
  private static final Pattern RECEIPT = Pattern.compile("/privacy/receipts/[A-Za-z0-9_-]{22}");

  private static Machine machine;
  private static ByMail byMail;
  private static Colleague colleague;
  private static int people;

  private Person kid;

  @BeforeAll
  static void start() {
    machine =
        Machine.start(
            QuickHashes.options("ErasureFunction", "ExportFunction", "PrivacyClockFunction"));
    byMail = new ByMail(machine);
    colleague = new Colleague(machine, "AIDACKCEVSQ6C2EXAMPLE");
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @BeforeEach
  void meetSomebodyNew() {
    machine.clock().advance(Duration.ofHours(2));
    kid = Person.of(machine, "kid" + people++ + "@example.org").withSession();
  }

  private static void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle();
  }

  private List<Mail> mails() {
    return machine.mailbox().to(kid.email).stream()
        .filter(mail -> mail.subject().equals(SUBJECT))
        .toList();
  }

  private boolean isBeingErased() {
    return !Problems.json(kid.get("/privacy/requests")).path("requests").isEmpty();
  }

  private static List<Map<String, AttributeValue>> rows() {
    try (var backstage = new Backstage(machine)) {
      return backstage.raw(Table.AUDIT).stream()
          .filter(item -> AttributeValue.fromS("chain#MINOR_REPORT").equals(item.get("pk")))
          .filter(item -> item.containsKey("staff"))
          .toList();
    }
  }

  /** By two; and all is done that waits for no day. Where the receipt will be. */
  private String reported() {
    byMail.report(kid.email);
    colleague.report(kid.email);
    machine.settle();
    pass(Duration.ofHours(1));
    pass(Duration.ofHours(1));
    assertThat(kid.get("/session").statusCode()).as("the session is deleted").isEqualTo(401);
    var receipt = RECEIPT.matcher(machine.mailbox().to(kid.email).getLast().text());
    assertThat(receipt.find()).isTrue();
    return receipt.group();
  }

  /** It is there once no backup reaches back to what was deleted. */
  private void assertDone(String receipt) {
    pass(Duration.ofDays(7));
    pass(Duration.ofHours(2));
    pass(Duration.ofHours(2));
    assertThat(kid.get(receipt).statusCode()).isEqualTo(200);
  }

  private static List<What> open(String subject) {
    try (var backstage = new Backstage(machine)) {
      return OpenRequest.all(backstage.store()).stream()
          .map(Found::value)
          .filter(open -> open.subject().value().equals(subject))
          .map(OpenRequest::what)
          .toList();
    }
  }

  private static Set<String> kinds(Backstage backstage, String subject) {
    return backstage.raw(Table.SUBJECTS).stream()
        .filter(item -> AttributeValue.fromS(subject).equals(item.get("pk")))
        .map(item -> item.getOrDefault("sk", AttributeValue.fromS("")).s().split("#", 2)[0])
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName("adults-only: what two members of staff report is erased without the 14 days")
  void whatTwoReportIsErasedAtOnce() {
    var subject = Problems.json(kid.get("/session")).path("subject").asText();
    assertThat(byMail.report(kid.email).statusCode()).isEqualTo(202);
    assertThat(isBeingErased()).isFalse();

    assertThat(colleague.report(kid.email.replace("kid", "KID")).path("statusCode").asInt())
        .isEqualTo(202);
    machine.settle();
    pass(Duration.ofHours(1));
    pass(Duration.ofHours(1));

    assertThat(mails()).singleElement().satisfies(it -> assertThat(it.text()).contains("under 18"));
    assertThat(kid.get("/session").statusCode()).as("the session is deleted").isEqualTo(401);
    assertThat(kid.at("127.0.31.1").signIn().statusCode()).isEqualTo(401);
    var receipt = RECEIPT.matcher(machine.mailbox().to(kid.email).getLast().text());
    assertThat(receipt.find()).isTrue();
    assertDone(receipt.group());
    assertThat(rows())
        .filteredOn(row -> row.toString().contains(subject))
        .hasSize(2)
        .extracting(row -> row.get("staff"))
        .doesNotHaveDuplicates();
    assertThat(rows().toString()).doesNotContain(kid.email, kid.name, "AIDACKCEVSQ6C2EXAMPLE");
    try (var backstage = new Backstage(machine)) {
      assertThat(
              new AuditChain(new Chains(backstage.store()), machine.clock())
                  .verify(Category.MINOR_REPORT))
          .isInstanceOf(AuditChain.Verdict.Kept.class);
    }
  }

  @Test
  @DisplayName(
      "erase-everywhere: a copy is nobody's once an erasure is due, though its file lies there")
  void aCopyIsNobodysOnceAnErasureIsDue() {
    try (var waiting = Machine.start(QuickHashes.options("ExportFunction"))) {
      var teen = Person.of(waiting, "teen@example.org").withSession();
      teen.send("POST", "/privacy/exports", null);
      waiting.settle();
      var copy =
          Problems.json(teen.get("/privacy/requests")).at("/requests/0/copy/parts/0").asText();
      assertThat(teen.download(copy).statusCode()).isEqualTo(200);

      new ByMail(waiting).report(teen.email);
      new Colleague(waiting, "AIDACKCEVSQ6C2EXAMPLE").report(teen.email);

      assertThat(waiting.buckets().objects("ExportsBucket")).as("nothing erases").isNotEmpty();
      assertProblem(teen.get(copy), 404, "not-found");
      assertThat(teen.get("/privacy/requests").body()).doesNotContain(copy);
    }
  }

  @Test
  @DisplayName("adults-only: a report while a copy is being made leaves nothing of either")
  void aReportWhileACopyIsBeingMadeLeavesNothing() {
    var subject = Problems.json(kid.get("/session")).path("subject").asText();
    kid.send("POST", "/billing/checkout", "{\"plan\": \"personal\"}");
    machine.stripe().faults().failNext(10, 503);
    kid.send("POST", "/privacy/exports", null);
    machine.settle();
    machine.stripe().faults().reset();
    assertThat(open(subject)).containsExactly(What.EXPORT);

    assertDone(reported());

    assertThat(machine.buckets().objects("ExportsBucket")).isEmpty();
    assertThat(open(subject)).isEmpty();
  }

  @ParameterizedTest(
      name = "adults-only, legal-hold: what is held outlives a report, nobody told: {0}")
  @ValueSource(booleans = {false, true})
  void whatIsHeldOutlivesAReport(boolean undisclosed) {
    var subject = Problems.json(kid.get("/session")).path("subject").asText();
    try (var backstage = new Backstage(machine)) {
      var holds = new Holds(machine, backstage);
      var hold =
          holds.confirmed(
              new SubjectId(subject), Duration.ofDays(60), undisclosed, Category.CONSENT);

      var receipt = reported();

      assertThat(kinds(backstage, subject)).containsExactlyInAnyOrder("CONSENT", "REQUEST");
      holds.end(hold);
      pass(Duration.ofHours(1));
      pass(Duration.ofHours(1));
      assertThat(kinds(backstage, subject)).containsExactly("REQUEST");
      assertDone(receipt);
      assertThat(kinds(backstage, subject)).isEmpty();
    }
  }

  @Test
  @DisplayName("adults-only: a copy of a table that is put back gives nobody the 14 days again")
  void aCopyThatIsPutBackGivesNobodyThe14DaysAgain() {
    var subject = Problems.json(kid.get("/session")).path("subject").asText();
    try (var backstage = new Backstage(machine)) {
      var copy =
          backstage.raw(Table.SUBJECTS).stream()
              .filter(item -> AttributeValue.fromS(subject).equals(item.get("pk")))
              .toList();
      byMail.report(kid.email);
      colleague.report(kid.email);
      machine.settle();
      backstage.delete(Table.SUBJECTS, subject);
      backstage.put(Table.SUBJECTS, copy);
    }

    for (var hour = 0; hour < 4; hour++) {
      pass(Duration.ofHours(1));
    }

    assertThat(kid.get("/session").statusCode()).as("the session is deleted").isEqualTo(401);
  }

  @Test
  @DisplayName("adults-only: one member of staff alone erases nobody, however often")
  void oneAloneErasesNobody() {
    var before = rows().size();
    for (var time = 0; time < 3; time++) {
      assertThat(byMail.report(kid.email).statusCode()).isEqualTo(202);
    }

    assertThat(isBeingErased()).isFalse();
    assertThat(mails()).isEmpty();
    assertThat(rows()).as("said by one, it is said once").hasSize(before + 1);
  }

  @Test
  @DisplayName("adults-only: a report waits for another for 7 days")
  void aReportWaitsForAnotherForSevenDays() {
    byMail.report(kid.email);
    pass(MinorReports.PATIENCE);

    colleague.report(kid.email);

    kid.signIn();
    assertThat(isBeingErased()).as("the second is another first").isFalse();
    pass(MinorReports.PATIENCE.minusHours(1));
    byMail.report(kid.email);
    assertThat(isBeingErased()).isTrue();
  }

  @Test
  @DisplayName("adults-only: an erasure that waits for its 14 days begins at once")
  void anErasureThatIsOpenBeginsAtOnce() {
    var id = Problems.json(kid.send("POST", "/privacy/erasures", null)).path("id").asText();
    machine.settle();
    byMail.report(kid.email);
    colleague.report(kid.email);

    assertProblem(kid.delete("/privacy/erasures/" + id), 409, "too-late");

    pass(Duration.ofMinutes(1));
    pass(Duration.ofHours(1));
    pass(Duration.ofHours(1));
    assertThat(mails()).hasSize(1);
    assertThat(machine.mailbox().to(kid.email).getLast().text())
        .contains("/privacy/receipts/" + id);
    assertThat(kid.get("/session").statusCode()).isEqualTo(401);
  }

  @Test
  @DisplayName("adults-only: of an address without an account nothing is kept, nor is it said")
  void ofAnAddressWithoutAnAccountNothingIsKeptOrSaid() {
    var known = byMail.report(kid.email);
    var before = rows();

    var unknown = byMail.report("nobody@example.org");

    assertThat(unknown.statusCode()).isEqualTo(known.statusCode());
    assertThat(unknown.body()).isEqualTo(known.body());
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  @DisplayName("adults-only: reports at once are one erasure, and each that led to it is kept")
  void reportsAtOnceAreOneErasure() {
    var before = rows().size();
    SignUpTest.<Object>atOnce(
        List.<Callable<Object>>of(
            () -> byMail.report(kid.email).statusCode(),
            () -> colleague.report(kid.email),
            () -> new Colleague(machine, "AIDAI23HXS2RV4EXAMPLE").report(kid.email)));

    machine.settle();
    assertThat(mails()).hasSize(1);
    assertThat(rows()).hasSize(before + 2);
  }

  @Test
  @DisplayName("adults-only: who takes an erasure back at that moment is erased all the same")
  void whoTakesAnErasureBackAtThatMomentIsErased() {
    var id = Problems.json(kid.send("POST", "/privacy/erasures", null)).path("id").asText();
    byMail.report(kid.email);

    SignUpTest.<Object>atOnce(
        List.<Callable<Object>>of(
            () -> kid.delete("/privacy/erasures/" + id).statusCode(),
            () -> colleague.report(kid.email)));

    machine.settle();
    pass(Duration.ofHours(1));
    pass(Duration.ofHours(1));
    assertThat(kid.get("/session").statusCode()).isEqualTo(401);
  }

  @Test
  @DisplayName("staff-access: nobody reports a minor, or opens a request, without a signature")
  void answersNobodyWithoutASignature() {
    for (var path : List.of("/staff/minor-reports", "/staff/privacy-requests")) {
      assertThat(kid.send("POST", path, "{}").statusCode()).isEqualTo(403);
    }
    assertThat(isBeingErased()).isFalse();
  }

  @Test
  @DisplayName("abuse-and-incidents: who reports more minors than anybody knows is slowed down")
  void whoReportsTooManyIsSlowedDown() {
    var busy = new Colleague(machine, "AIDAJQABLZS4A3EXAMPLE");
    for (var time = 0; time < 20; time++) {
      assertThat(busy.report("guess" + time + "@example.org").path("statusCode").asInt())
          .isEqualTo(202);
    }

    assertThat(busy.report(kid.email).path("statusCode").asInt()).isEqualTo(429);
  }
}
