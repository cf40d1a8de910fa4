package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.policy.Category;
import pledge.policy.Field;
import pledge.policy.KeyScheme;
import pledge.policy.Table;
import pledge.privacy.AuditChain;
import pledge.privacy.AuditChain.Verdict;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.RecordKinds;
import pledge.privacy.SupportGrant.Why;
import pledge.privacy.SupportGrants;
import pledge.privacy.SupportGrants.Revocation;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.store.Change;
import pledge.vault.Environment;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kms.model.KmsException;

/** What staff may look at: as far as a grant goes, in the audit before, and seen by the person. */
class StaffAccessTest {
  private static final String GRANTS = "/account/support-grants";
  private static final String ACCESSES = "/account/staff-access";
  private static final String OPENED = "/staff/support-grants";
  private static final String NO_GRANT = "AAECAwQFBgcICQoLDA0ODw";

  private static Machine machine;
  private static Staff staff;
  private static Backstage backstage;
  private static int people;

  private Person ada;
  private String subject;

  @BeforeAll
  static void start() {
    machine = Machine.start(QuickHashes.options("PrivacyClockFunction"));
    staff = new Staff(machine);
    backstage = new Backstage(machine);
  }

  @AfterAll
  static void stop() {
    backstage.close();
    machine.close();
  }

  @BeforeEach
  void signUp() {
    machine.clock().advance(Duration.ofHours(2));
    ada = Person.of(machine, "ada" + people++ + "@example.org").withSession();
    subject = Problems.json(ada.get("/session")).path("subject").asText();
  }

  @AfterEach
  void wholeChain() {
    machine.dynamo().reset();
    assertThat(verdict()).as("the chain").isInstanceOf(Verdict.Kept.class);
  }

  // ── What the person grants ─────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("staff-access: staff see what the person granted, and the person sees that they did")
  void staffSeeWhatThePersonGranted() {
    var grant = grant("ACCOUNT", 24);

    var seen = read(grant, "ACCOUNT");

    assertThat(seen.statusCode()).isEqualTo(200);
    var account = Problems.json(seen).at("/records/0/fields");
    assertThat(account.path("email").asText()).isEqualTo(ada.email);
    assertThat(account.path("name").asText()).isEqualTo("Ada Lovelace");
    var shown = accesses().getFirst();
    assertThat(shown.path("id")).isEqualTo(Problems.json(seen).path("access"));
    assertThat(shown.path("outcome").asText()).isEqualTo("allowed");
    assertThat(shown.path("category").asText()).isEqualTo("ACCOUNT");
    assertThat(shown.path("grant").asText()).isEqualTo(grant);
    assertThat(shown.path("at").asText()).isEqualTo(now());
    assertThat(shown.toString()).doesNotContain(ada.email, "Ada");
  }

  @Test
  @DisplayName("staff-access: without a grant nothing is shown, and the attempt is")
  void nothingIsShownWithoutAGrant() {
    assertRefused(read(NO_GRANT, "ACCOUNT"), "unknown");
  }

  @Test
  @DisplayName("staff-access: a grant ends at its very second")
  void aGrantEndsAtItsVerySecond() {
    var grant = grant("ACCOUNT", 1);
    var end = Instant.parse(Problems.json(ada.get(GRANTS)).at("/grants/0/until").asText());

    machine.clock().set(end.minusMillis(1));
    assertThat(read(grant, "ACCOUNT").statusCode()).isEqualTo(200);
    machine.clock().set(end);

    assertRefused(read(grant, "ACCOUNT"), "expired");
    assertThat(Problems.json(ada.get(GRANTS)).at("/grants/0/inForce").asBoolean(true)).isFalse();
  }

  @Test
  @DisplayName("staff-access: a grant is for the kinds of data that it names, and no other")
  void aGrantIsForItsKindsOfDataAlone() {
    var grant = grant("ACCOUNT", 24);

    assertRefused(read(grant, "API_REQUEST_LOG"), "out-of-scope");
    assertRefused(read(grant, "CREDENTIAL"), "out-of-scope");
  }

  @Test
  @DisplayName("staff-access: a grant is for one person, and another's is nobody's")
  void aGrantIsForOnePersonAlone() {
    var bob = Person.of(machine, "bob" + people++ + "@example.org").withSession();
    var his = made(grant(bob, "ACCOUNT", 24));

    assertRefused(read(his, "ACCOUNT"), "unknown");
    assertThat(Problems.json(bob.get(ACCESSES)).path("accesses")).isEmpty();
    assertThat(ada.delete(GRANTS + "/" + his).statusCode()).isEqualTo(404);
    assertThat(Problems.json(bob.get(GRANTS)).at("/grants/0/inForce").asBoolean()).isTrue();
  }

  @Test
  @DisplayName("staff-access: a revoked grant allows nothing from that moment on")
  void aRevokedGrantAllowsNothing() {
    var grant = grant("ACCOUNT", 24);
    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).isEqualTo(204);

    assertRefused(read(grant, "ACCOUNT"), "revoked");
    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).as("once more").isEqualTo(204);
    var shown = Problems.json(ada.get(GRANTS)).at("/grants/0");
    assertThat(shown.path("revokedAt").asText()).isEqualTo(now());
    assertThat(shown.path("inForce").asBoolean(true)).isFalse();
  }

  @Test
  @DisplayName("staff-access: a revocation counts where a clock is behind the one that granted")
  void aRevocationCountsWhereAClockIsBehind() {
    var grant = grant("ACCOUNT", 24);
    var keys = backstage.vault().keyGrants("arn:aws:iam::000000000000:role/local");
    var behind = InstantSource.fixed(machine.clock().instant().minusSeconds(5));

    assertThat(
            new SupportGrants(backstage.backend(), keys, behind)
                .revoke(new SubjectId(subject), grant))
        .isEqualTo(Revocation.REVOKED);

    assertRefused(read(grant, "ACCOUNT"), "revoked");
    var revokedAt = Problems.json(ada.get(GRANTS)).at("/grants/0/revokedAt");
    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).as("once more").isEqualTo(204);
    assertThat(Problems.json(ada.get(GRANTS)).at("/grants/0/revokedAt")).isEqualTo(revokedAt);
  }

  @Test
  @DisplayName(
      "staff-access: once an erasure began no grant allows a look, and the attempt is shown")
  void onceAnErasureBeganNoGrantAllowsALook() {
    var grant = grant("ACCOUNT", 24);
    var revoked = grant("ACCOUNT", 24);
    ada.delete(GRANTS + "/" + revoked);
    var id = Problems.json(ada.send("POST", "/privacy/erasures", null)).path("id").asText();
    assertThat(read(grant, "ACCOUNT").statusCode()).as("it can be taken back").isEqualTo(200);
    backstage
        .store()
        .change(
            DeclaredRecord.ref(Category.PRIVACY_REQUEST, subject, id),
            Change.of(Category.PRIVACY_REQUEST).set("status", Status.IN_PROGRESS.name()));

    for (var named : List.of(grant, revoked, NO_GRANT)) {
      assertThat(read(named, "ACCOUNT").statusCode()).isEqualTo(403);
    }
    assertThat(accesses())
        .extracting(access -> access.path("outcome").asText())
        .containsExactlyInAnyOrder("allowed", "being-erased", "revoked", "unknown");
  }

  @Test
  @DisplayName("staff-access: to grant needs a sign-in of the last ten minutes, to revoke does not")
  void toGrantNeedsARecentSignIn() {
    var grant = grant("ACCOUNT", 24);
    machine.clock().advance(Duration.ofMinutes(10));

    assertThat(grant(ada, "ACCOUNT", 24).body()).contains("sign-in-again");
    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).isEqualTo(204);
  }

  @Test
  @DisplayName("staff-access: who is leaving grants nothing, and still sees and revokes")
  void whoIsLeavingGrantsNothing() {
    var grant = grant("ACCOUNT", 24);
    assertThat(ada.send("POST", "/privacy/erasures", null).statusCode()).isEqualTo(202);
    ada.signIn();

    assertThat(grant(ada, "ACCOUNT", 24).body()).contains("leaving");
    assertThat(ada.get(ACCESSES).statusCode()).isEqualTo(200);
    assertThat(ada.get(GRANTS).statusCode()).isEqualTo(200);
    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).isEqualTo(204);
  }

  @ParameterizedTest(
      name = "staff-access: {0} can be granted for the purpose alone that it declares")
  @EnumSource
  void aKindOfDataIsGrantedForItsPurposeAlone(Category category) {
    var held = Why.REQUESTED.categories().contains(category);

    var answer = grant(ada, category.name(), 1);

    assertThat(answer.statusCode()).isEqualTo(held ? 201 : 422);
    if (!held) {
      assertThat(answer.body()).contains("#/categories", "ACCOUNT");
    }
    assertThat(List.of(Why.values()))
        .allSatisfy(
            why ->
                assertThat(why.categories().contains(category))
                    .as(why.id())
                    .isEqualTo(
                        category.purposes().contains(why.purpose())
                            && category.personal()
                            && category.table() != Table.AUDIT
                            && category.table() != Table.BILLING));
  }

  @Test
  @DisplayName("staff-access, hashed-secrets: no secret of anything that can be granted is shown")
  void noSecretIsShown() {
    for (var category : Why.REQUESTED.categories()) {
      if (category != Category.SUPPORT_GRANT && category != Category.ACCOUNT) {
        var fields = DeclaredRecord.fields(category, "x", machine.clock().instant());
        backstage.store().insert(DeclaredRecord.ref(category, subject, "1"), fields, Instant.MAX);
      }
    }
    var grant =
        grant(
            Why.REQUESTED.categories().stream()
                .map(Category::name)
                .reduce((one, other) -> one + "\", \"" + other)
                .orElseThrow(),
            24);

    for (var category : Why.REQUESTED.categories()) {
      var seen = Problems.json(read(grant, category.name())).path("records");
      for (var record : seen) {
        assertThat(record.path("fields").fieldNames())
            .toIterable()
            .as(category.name())
            .isSubsetOf(
                category.fields().stream()
                    .filter(Predicate.not(Field::secret))
                    .map(Field::name)
                    .toList());
      }
    }
    assertThat(Problems.json(read(grant, "ACCOUNT")).at("/records/0/fields").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("createdAt", "email", "name");
  }

  @Test
  @DisplayName("staff-access: many records are seen page by page, and each page is a look")
  void manyRecordsAreSeenPageByPage() {
    var store = backstage.store();
    var fields = DeclaredRecord.fields(Category.CONSENT, "x", machine.clock().instant());
    for (var i = 0; i < 101; i++) {
      store.insert(
          DeclaredRecord.ref(Category.CONSENT, subject, "%03d".formatted(i)), fields, Instant.MAX);
    }
    var grant = made(open("legal-duty", "CONSENT", "a", 1));

    var first = Problems.json(read(grant, "CONSENT"));
    var second =
        Problems.json(read(subject, grant, "CONSENT", ", \"before\": " + first.path("next")));

    assertThat(first.path("records")).hasSize(100);
    assertThat(second.has("next")).isFalse();
    assertThat(
            Stream.of(first, second).flatMap(page -> page.findValuesAsText("id").stream()).toList())
        .doesNotHaveDuplicates()
        .isSortedAccordingTo((one, other) -> other.compareTo(one))
        .hasSizeGreaterThanOrEqualTo(101)
        .contains("000", "100");
    assertThat(accesses()).hasSize(2);
  }

  @ParameterizedTest(
      name = "staff-access: what can be granted of {0} can be read, and no other way")
  @EnumSource
  void whatCanBeGrantedCanBeRead(Category category) {
    var template = new DeployedTemplate();
    var allowed = template.allowedTo(template.resource("SupportReadFunction"));
    var kinds =
        RecordKinds.ALL.stream()
            .filter(kind -> kind.category() == category && !kind.prefix().isEmpty())
            .toList();

    if (Stream.of(Why.values()).anyMatch(why -> why.categories().contains(category))) {
      assertThat(kinds).as("a look goes through one kind of record").hasSizeLessThanOrEqualTo(1);
      for (var kind : kinds) {
        assertThat(allowed).contains("dynamodb:Query " + kind.category().table().resource());
        if (category.keyScheme() == KeyScheme.SUBJECT_AND_EPOCH) {
          assertThat(allowed).contains("kms:Decrypt epoch", "dynamodb:GetItem EpochKeysTable");
        }
      }
    }
  }

  // ── What staff open ────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("staff-access: of what staff open the person is told once, with the reason")
  void thePersonIsToldOnceOfWhatStaffOpen() {
    var answer = open("troubleshooting", "ACCOUNT", "Mails <b>come back</b>", 4);
    machine.settle();

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(Problems.json(answer).path("subject").asText()).isEqualTo(subject);
    assertThat(read(Problems.json(answer).path("id").asText(), "ACCOUNT").statusCode())
        .isEqualTo(200);
    machine.settle();
    assertThat(mails())
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.text())
                  .contains(
                      "(troubleshooting):\nMails <b>come back</b>",
                      "- your name and e-mail address",
                      "sign in and take it back");
              assertThat(mail.html()).contains("&lt;b&gt;come back").doesNotContain("<b>");
            });
    var shown = Problems.json(ada.get(GRANTS)).at("/grants/0");
    assertThat(shown.path("kind").asText()).isEqualTo("troubleshooting");
    assertThat(shown.path("reason").asText()).isEqualTo("Mails <b>come back</b>");
    assertThat(shown.path("staff")).isEqualTo(accesses().getFirst().path("staff"));
  }

  @Test
  @DisplayName("staff-access: the person revokes what staff opened, unless the law requires it")
  void thePersonRevokesWhatIsNoLegalDuty() {
    var opened = made(open("troubleshooting", "ACCOUNT", "a", 4));
    var duty = made(open("legal-duty", "CONSENT", "a court's order", 4));
    machine.settle();

    assertThat(ada.delete(GRANTS + "/" + opened).statusCode()).isEqualTo(204);
    assertRefused(read(opened, "ACCOUNT"), "revoked");
    var refused = ada.delete(GRANTS + "/" + duty);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("required-by-law");
    assertThat(read(duty, "CONSENT").statusCode()).isEqualTo(200);
    assertThat(mails()).hasSize(2).anyMatch(mail -> mail.text().contains("The law requires this"));
  }

  @Test
  @DisplayName("staff-access: nothing is opened of who has no account")
  void nothingIsOpenedOfWhoHasNoAccount() {
    for (var whom :
        List.of(
            "\"subject\": \"" + SubjectId.random() + "\"", "\"email\": \"nobody@example.org\"")) {
      var form =
          """
          {%s, "kind": "troubleshooting", "reason": "a", "categories": ["ACCOUNT"], "hours": 1}\
          """
              .formatted(whom);
      assertThat(staff.post(OPENED, form).statusCode()).isEqualTo(404);
    }
    var before = backstage.raw(Table.AUDIT);
    assertThat(read(SubjectId.random().value(), NO_GRANT, "ACCOUNT", "").statusCode())
        .isEqualTo(403);
    assertThat(backstage.raw(Table.AUDIT)).isEqualTo(before);
  }

  @Test
  @DisplayName("staff-access: without a signature nothing is answered")
  void answersNothingWithoutASignature() {
    for (var path : List.of(OPENED, OPENED + "/" + NO_GRANT + "/reads")) {
      var answer = ada.send("POST", path, "{}");
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).isEqualTo("{\"message\":\"Forbidden\"}");
    }
  }

  // ── Dying, racing, failing ─────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("staff-access: where the audit cannot be written, nothing is read")
  void nothingIsReadWhereTheAuditCannotBeWritten() {
    var grant = grant("ACCOUNT", 24);
    var before = backstage.raw(Table.AUDIT);
    machine.kms().reset();
    // The first write counts the request, the second is the audit's.
    machine.dynamo().dieBeforeWrite(2);

    var answer = read(grant, "ACCOUNT");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).doesNotContain(ada.email);
    assertThat(machine.kms().calls())
        .as("keys that were opened")
        .noneMatch(call -> call.encryptionContext().containsValue(subject));
    machine.dynamo().reset();
    assertThat(backstage.raw(Table.AUDIT)).isEqualTo(before);
  }

  @Test
  @DisplayName("staff-access: a look that dies after its row is shown, though it saw nothing")
  void aLookThatDiesAfterItsRowIsShown() {
    var grant = grant("ACCOUNT", 24);
    machine.dynamo().dieAfterWrite(2);

    assertThat(read(grant, "ACCOUNT").statusCode()).isEqualTo(503);

    machine.dynamo().reset();
    assertThat(accesses()).hasSize(1);
    assertThat(read(grant, "ACCOUNT").statusCode()).isEqualTo(200);
    assertThat(accesses()).hasSize(2);
  }

  @ParameterizedTest(name = "staff-access: dying {0} any write, the person is told of what is open")
  @ValueSource(strings = {"before", "after"})
  void thePersonIsToldOfWhatIsOpenWhereverItDies(String when) {
    var died = 0;
    for (var write = 1; died == write - 1; write++) {
      if (when.equals("before")) {
        machine.dynamo().dieBeforeWrite(write);
      } else {
        machine.dynamo().dieAfterWrite(write);
      }
      var answer = open("troubleshooting", "ACCOUNT", "a", 1);
      if (machine.dynamo().isDead()) {
        assertThat(answer.statusCode()).isEqualTo(503);
        died++;
      }
      machine.dynamo().reset();
      machine.settle();
      assertThat(mails()).hasSameSizeAs(Problems.json(ada.get(GRANTS)).path("grants"));
    }
    // Those that count, and the grant with its notice.
    assertThat(died).isGreaterThanOrEqualTo(3);
    assertThat(mails()).hasSize(when.equals("before") ? 1 : 2);
  }

  @Test
  @DisplayName("staff-access: many looks at once are all in the chain, and all shown")
  void manyLooksAtOnceAreAllInTheChain() {
    var grant = grant("ACCOUNT", 24);

    var answers =
        SignUpTest.<Integer>atOnce(
            Stream.<Callable<Integer>>generate(() -> () -> read(grant, "ACCOUNT").statusCode())
                .limit(6)
                .toList());

    assertThat(answers).containsOnly(200);
    assertThat(accesses()).hasSize(6);
  }

  @Test
  @DisplayName("staff-access: a look while it is revoked is refused or was before")
  void aLookWhileItIsRevokedIsRefusedOrWasBefore() {
    for (var time = 0; time < 5; time++) {
      var grant = grant("ACCOUNT", 24);
      var calls = new ArrayList<Callable<Integer>>();
      IntStream.range(0, 3).forEach(i -> calls.add(() -> read(grant, "ACCOUNT").statusCode()));
      calls.add(() -> ada.delete(GRANTS + "/" + grant).statusCode());

      assertThat(SignUpTest.<Integer>atOnce(calls)).containsAnyOf(204).isSubsetOf(200, 204, 403);
      assertRefused(read(grant, "ACCOUNT"), "revoked");
    }
  }

  // ── Keys ───────────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("staff-access: KMS itself lets staff's function open a key under a grant, no other")
  void kmsLetsStaffsFunctionOpenOneKeyAlone() {
    var bob = Person.of(machine, "bob" + people++ + "@example.org").withSession();
    var his = Problems.json(bob.get("/session")).path("subject").asText();
    assertThat(opensByRole(subject)).as("without a grant").isFalse();

    var grant = grant("ACCOUNT", 1);

    assertThat(opensByRole(subject)).isTrue();
    assertThat(opensByRole(his)).as("another's").isFalse();
    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).isEqualTo(204);
    assertThat(opensByRole(subject)).as("revoked").isFalse();
  }

  @Test
  @DisplayName("staff-access: what is over is ended in KMS too, by itself")
  void whatIsOverIsEndedInKmsToo() {
    machine.clock().advance(Duration.ofDays(4));
    machine.settle();
    assertThat(machine.kms().grants()).isZero();
    ada.signIn();
    grant("ACCOUNT", 1);
    var longer = grant("ACCOUNT", 72);
    assertThat(machine.kms().grants()).isEqualTo(2);

    machine.clock().advance(Duration.ofHours(2));
    machine.settle();

    assertThat(machine.kms().grants()).isEqualTo(1);
    assertThat(opensByRole(subject)).isTrue();
    assertThat(read(longer, "ACCOUNT").statusCode()).isEqualTo(200);
    machine.clock().advance(Duration.ofHours(71));
    machine.settle();
    assertThat(machine.kms().grants()).isZero();
    assertThat(opensByRole(subject)).isFalse();
  }

  @Test
  @DisplayName("staff-access: what KMS was asked for and nobody wrote down is ended all the same")
  void whatNobodyWroteDownIsEndedAllTheSame() {
    machine.clock().advance(Duration.ofDays(4));
    machine.settle();
    ada.signIn();
    // What is counted of a session is written once for many requests.
    ada.get(GRANTS);
    for (var write = 1; machine.kms().grants() == 0; write++) {
      machine.dynamo().reset();
      machine.dynamo().dieBeforeWrite(write);
      assertThat(grant(ada, "ACCOUNT", 1).statusCode()).isEqualTo(503);
      machine.dynamo().reset();
    }
    assertThat(Problems.json(ada.get(GRANTS)).path("grants")).isEmpty();

    machine.clock().advance(Duration.ofHours(2));
    machine.settle();

    assertThat(machine.kms().grants()).isZero();
  }

  @Test
  @DisplayName("staff-access: a new grant serves at once, before KMS knows it everywhere")
  void aNewGrantServesAtOnce() {
    machine.kms().grantsAreKnown(false);
    var grant = grant("ACCOUNT", 1);

    assertThat(read(grant, "ACCOUNT").statusCode()).isEqualTo(200);
    machine.clock().advance(Duration.ofMinutes(16));
    assertThat(read(grant, "ACCOUNT").statusCode())
        .as("its token is not used any more")
        .isEqualTo(503);
    machine.kms().grantsAreKnown(true);
    assertThat(read(grant, "ACCOUNT").statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("staff-access: a revocation counts though KMS is down, and is made up for there")
  void aRevocationCountsThoughKmsIsDown() {
    var grant = grant("ACCOUNT", 1);
    var before = machine.kms().grants();
    machine.kms().failNext(3, "KMSInternalException", 500);

    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).isEqualTo(503);

    assertRefused(read(grant, "ACCOUNT"), "revoked");
    assertThat(machine.kms().grants()).isEqualTo(before);
    assertThat(ada.delete(GRANTS + "/" + grant).statusCode()).isEqualTo(204);
    assertThat(machine.kms().grants()).isEqualTo(before - 1);
  }

  @Test
  @DisplayName("staff-access: who makes grants lets nobody but staff's function open a key")
  void whoMakesGrantsLetsNobodyElseOpenAKey() {
    var settings = machine.environmentOfRole("SupportAccessFunction");
    var vault = Backend.of(new Environment(settings, machine.clock())).vault();
    var until = machine.clock().instant().plus(Duration.ofHours(1));
    var person = new SubjectId(subject);
    var reader = settings.getOrDefault("SUPPORT_ROLE", "");

    assertThat(vault.keyGrants(reader).grant(person, NO_GRANT, until).id()).isNotEmpty();
    assertThatThrownBy(
            () ->
                vault
                    .keyGrants(reader.replace("SupportRead", "SupportAccess"))
                    .grant(person, NO_GRANT, until))
        .isInstanceOf(UnavailableException.class)
        .hasRootCauseInstanceOf(KmsException.class);
  }

  /** Our own code with the role of the function that reads, and no look at any grant of ours. */
  private static boolean opensByRole(String person) {
    var environment =
        new Environment(machine.environmentOfRole("SupportReadFunction"), machine.clock());
    try {
      assertThat(
              Backend.of(environment)
                  .store()
                  .get(
                      DeclaredRecord.only(Category.ACCOUNT, person),
                      Category.ACCOUNT.purposes().iterator().next()))
          .isPresent();
      return true;
    } catch (UnavailableException e) {
      assertThat(e).hasRootCauseInstanceOf(KmsException.class);
      return false;
    }
  }

  // ── The audit ──────────────────────────────────────────────────────────────────────────────

  /** What somebody does to the chain, past all of our code. */
  enum Tampering {
    EDITED,
    REMOVED,
    REORDERED
  }

  @ParameterizedTest(
      name = "staff-access: a row of the audit that is {0} is noticed by the daily audit")
  @EnumSource
  void aRowThatIsTamperedWithIsNoticed(Tampering how) {
    var grant = grant("ACCOUNT", 24);
    IntStream.range(0, 3).forEach(i -> read(grant, "ACCOUNT"));
    var rows =
        backstage.raw(Table.AUDIT).stream()
            .filter(item -> text(item, "pk").equals("chain#STAFF_ACCESS"))
            .filter(item -> !text(item, "sk").equals("HEAD"))
            .sorted((one, other) -> text(other, "sk").compareTo(text(one, "sk")))
            .toList();
    var newest = rows.get(0);
    var older = rows.get(1);

    switch (how) {
      case EDITED -> put(older, "staff", AttributeValue.fromS("somebody else"));
      case REMOVED -> remove(older);
      case REORDERED -> {
        put(older, "sk", AttributeValue.fromS(text(newest, "sk")));
        put(newest, "sk", AttributeValue.fromS(text(older, "sk")));
      }
    }

    assertThat(verdict()).isInstanceOf(Verdict.Broken.class);
    assertThat(Audits.notKept(machine)).containsEntry("access-controls", "BROKEN");
    backstage.put(Table.AUDIT, List.of(newest, older));
  }

  /** What somebody does to what the person is shown, past all of our code. */
  enum Hiding {
    EDITED,
    REMOVED,
    INVENTED
  }

  @ParameterizedTest(name = "staff-access: that what a person is shown is {0} is noticed as well")
  @EnumSource
  void whatIsShownOtherwiseIsNoticed(Hiding how) {
    var grant = grant("ACCOUNT", 24);
    IntStream.range(0, 2).forEach(i -> read(grant, "ACCOUNT"));
    machine.clock().advance(Duration.ofHours(1));
    assertThat(Audits.notKept(machine)).doesNotContainKey("staff-access");
    var shown =
        backstage.raw(Table.AUDIT).stream()
            .filter(item -> text(item, "pk").equals(subject))
            .findFirst()
            .orElseThrow();

    switch (how) {
      case EDITED -> put(shown, "outcome", AttributeValue.fromS("OUT_OF_SCOPE"));
      case REMOVED -> remove(shown);
      case INVENTED -> {
        var sort = text(shown, "sk").substring(0, text(shown, "sk").length() - 1);
        var invented = new HashMap<>(shown);
        invented.put("sk", AttributeValue.fromS(sort + "."));
        invented.put("access", AttributeValue.fromS("never"));
        backstage.put(Table.AUDIT, List.of(invented));
      }
    }

    assertThat(verdict()).as("the chain").isInstanceOf(Verdict.Kept.class);
    assertThat(Audits.notKept(machine))
        .containsEntry("staff-access", "BROKEN")
        .doesNotContainKey("access-controls");
    backstage.delete(Table.AUDIT, subject);
    backstage.delete(Table.AUDIT, "chain#STAFF_ACCESS");
  }

  @Test
  @DisplayName("staff-access: what was looked at is shown a page at a time, the newest first")
  void whatWasLookedAtIsShownAPageAtATime() {
    var grant = grant("ACCOUNT", 24);
    for (var i = 0; i < 101; i++) {
      assertThat(read(grant, "ACCOUNT").statusCode()).isEqualTo(200);
      machine.clock().advance(Duration.ofMillis(i == 50 ? 1 : 0));
    }

    var first = Problems.json(ada.get(ACCESSES));
    var second = Problems.json(ada.get(first.path("next").asText()));

    assertThat(first.path("accesses")).hasSize(100);
    assertThat(second.path("accesses")).hasSize(1);
    assertThat(second.has("next")).isFalse();
    assertThat(first.findValuesAsText("id"))
        .doesNotHaveDuplicates()
        .isSortedAccordingTo((one, other) -> other.compareTo(one))
        .doesNotContain(second.at("/accesses/0/id").asText());
  }

  /** As it is kept. */
  private static String now() {
    return machine.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private String grant(String categories, int hours) {
    return made(grant(ada, categories, hours));
  }

  private static HttpResponse<String> grant(Person person, String categories, int hours) {
    return person.send(
        "POST", GRANTS, "{\"categories\": [\"%s\"], \"hours\": %d}".formatted(categories, hours));
  }

  private static String made(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Problems.json(answer).path("id").asText();
  }

  private HttpResponse<String> open(String kind, String category, String reason, int hours) {
    return staff.post(
        OPENED,
        """
        {"email": "%s", "kind": "%s", "reason": "%s", "categories": ["%s"], "hours": %d}\
        """
            .formatted(ada.email, kind, reason, category, hours));
  }

  private HttpResponse<String> read(String grant, String category) {
    return read(subject, grant, category, "");
  }

  private static HttpResponse<String> read(
      String person, String grant, String category, String more) {
    return staff.post(
        OPENED + "/" + grant + "/reads",
        "{\"subject\": \"%s\", \"category\": \"%s\"%s}".formatted(person, category, more));
  }

  /** The answer says nothing of why, the audit and the person's own page do. */
  private void assertRefused(HttpResponse<String> answer, String outcome) {
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(Problems.json(answer).path("type").asText())
        .isEqualTo("urn:pledge:problem:not-granted");
    assertThat(answer.body()).doesNotContain(outcome, ada.email);
    assertThat(accesses().getFirst().path("outcome").asText()).isEqualTo(outcome);
  }

  private List<JsonNode> accesses() {
    var accesses = new ArrayList<JsonNode>();
    Problems.json(ada.get(ACCESSES)).path("accesses").forEach(accesses::add);
    return accesses;
  }

  private List<Mail> mails() {
    return machine.mailbox().to(ada.email).stream()
        .filter(mail -> mail.subject().equals("Our staff may look at data of yours"))
        .toList();
  }

  private static Verdict verdict() {
    return new AuditChain(new Chains(backstage.store()), machine.clock())
        .verify(Category.STAFF_ACCESS);
  }

  private static void put(Map<String, AttributeValue> item, String name, AttributeValue value) {
    var altered = new HashMap<>(item);
    altered.put(name, value);
    backstage.put(Table.AUDIT, List.of(altered));
  }

  private static void remove(Map<String, AttributeValue> item) {
    backstage
        .dynamo()
        .deleteItem(
            request ->
                request
                    .tableName(Table.AUDIT.resource())
                    .key(
                        Map.of(
                            "pk", AttributeValue.fromS(text(item, "pk")),
                            "sk", AttributeValue.fromS(text(item, "sk")))));
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return item.getOrDefault(name, AttributeValue.fromS("")).s();
  }
}
