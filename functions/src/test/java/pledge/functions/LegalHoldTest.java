package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pledge.policy.Category.ACCOUNT;
import static pledge.policy.Category.CONSENT;
import static pledge.policy.Category.CREDENTIAL;
import static pledge.policy.Category.SUBSCRIPTION;
import static pledge.policy.Processor.CLOUDFLARE;
import static pledge.policy.Processor.STRIPE;
import static pledge.policy.Processor.TWILIO;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Table;
import pledge.privacy.AuditChain;
import pledge.privacy.AuditChain.Verdict;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.HoldEnd;
import pledge.privacy.LegalHold;
import pledge.privacy.LegalHold.State;
import pledge.privacy.LegalHold.Terms;
import pledge.privacy.LegalHolds;
import pledge.privacy.LegalHolds.Outcome;
import pledge.privacy.OpenRequest;
import pledge.privacy.PrivacyRequest;
import pledge.privacy.PrivacyRequests.TakingBack;
import pledge.privacy.ProcessorLine;
import pledge.privacy.StaffReads;
import pledge.privacy.SupportGrant;
import pledge.privacy.SupportGrants;
import pledge.privacyclock.PrivacyClockHandler;
import pledge.processor.Custodian.Answer;
import pledge.store.Chains;
import pledge.store.Found;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Legal holds, and erasures that wait for them: for the named kinds of data, and nothing else. */
class LegalHoldTest {
  private static final Duration YEAR = Duration.ofDays(365);
  private static final String ADA = "an-opaque-id-of-staff";
  private static final String BOB = "another-one";

  private final Erasures erasures = new Erasures();
  private final SubjectId person = erasures.somebody();

  @AfterEach
  void close() {
    erasures.close();
  }

  // ── Two members of staff ───────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("legal-hold: who proposes a hold cannot confirm it, and nothing happens")
  void takesTwoMembersOfStaff() {
    var id = propose(person, until(YEAR), false, CONSENT);
    var before = erasures.backstage.raw(Table.AUDIT);

    assertThat(holds().confirm(id, ADA)).isEqualTo(new Outcome.OwnProposal());

    assertThat(erasures.backstage.raw(Table.AUDIT)).isEqualTo(before);
    assertThat(state(id)).isEqualTo(State.PROPOSED);
    assertThat(done(holds().confirm(id, BOB)).confirmedBy()).contains(BOB);
    assertThat(state(id)).isEqualTo(State.ACTIVE);
  }

  @Test
  @DisplayName("legal-hold: of many who confirm at once, one does")
  void isConfirmedOnce() {
    var id = propose(person, until(YEAR), false, CONSENT);

    var outcomes =
        SignUpTest.<Outcome>atOnce(
            IntStream.range(0, 4)
                .<Callable<Outcome>>mapToObj(i -> () -> holds().confirm(id, "staff " + i))
                .toList());

    assertThat(outcomes).filteredOn(Outcome.Done.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(new Outcome.AlreadyConfirmed()::equals).hasSize(3);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(2));
    assertThat(rowsOf("hold#" + person)).hasSize(1);
  }

  @Test
  @DisplayName("legal-hold: who confirms twice, because an answer was lost, is answered the same")
  void isConfirmedTwiceByTheSame() {
    var id = confirmed(person, until(YEAR), CONSENT);

    assertThat(done(holds().confirm(id, BOB)).history()).hasSize(2);
    assertThat(holds().confirm(id, "a third")).isEqualTo(new Outcome.AlreadyConfirmed());
  }

  @Test
  @DisplayName("legal-hold: confirmed and withdrawn at once, it is one or the other")
  void isConfirmedOrWithdrawn() {
    for (var round = 0; round < 6; round++) {
      var id = propose(person, until(YEAR), false, CONSENT);

      SignUpTest.<Outcome>atOnce(
          List.of(() -> holds().confirm(id, BOB), () -> holds().end(id, "a third")));

      // Confirmed first, it is ended after; withdrawn first, it cannot be confirmed.
      assertThat(state(id)).isIn(State.ENDED, State.WITHDRAWN);
      assertThat(rowsOf("hold#" + person)).isEmpty();
      assertThat(rowsOf("legal-holds")).isEmpty();
    }
    assertThat(verdict()).isInstanceOf(Verdict.Kept.class);
  }

  @ParameterizedTest(name = "legal-hold: dying {0} any write, a hold is confirmed whole or not")
  @ValueSource(strings = {"before", "after"})
  void isConfirmedWholeOrNotAtAll(String when) {
    var died = true;
    for (var write = 1; died; write++) {
      var somebody = erasures.somebody();
      var id = propose(somebody, until(YEAR), false, ACCOUNT);
      fault(when, write);
      try {
        holds().confirm(id, BOB);
        died = false;
      } catch (UnavailableException e) {
        died = true;
      }
      erasures.machine.dynamo().reset();

      var active = state(id) == State.ACTIVE;
      assertThat(active).isEqualTo(!died || when.equals("after"));
      assertThat(rowsOf("hold#" + somebody)).hasSize(active ? 1 : 0);
      assertThat(notices(somebody)).hasSize(active ? 1 : 0);
      assertThat(holds().confirm(id, BOB)).as("tried again").isInstanceOf(Outcome.Done.class);
      assertThat(notices(somebody)).hasSize(1);
    }
    assertThat(verdict()).isInstanceOf(Verdict.Kept.class);
  }

  @Test
  @DisplayName("legal-hold: a hold names somebody of whom there is something")
  void isOfNobodyWhoIsNotThere() {
    assertThat(holds().propose(ADA, SubjectId.random(), terms(until(YEAR), false, CONSENT)))
        .isEqualTo(new Outcome.Unknown());
    var id = propose(person, until(YEAR), false, CONSENT);
    erasures.backstage.vault().destroySubjectKey(person);

    assertThat(holds().confirm(id, BOB)).isEqualTo(new Outcome.Unknown());
    assertThat(holds().confirm("nothing", BOB)).isEqualTo(new Outcome.Unknown());
    assertThat(holds().end("nothing", BOB)).isEqualTo(new Outcome.Unknown());
    assertThat(state(id)).isEqualTo(State.PROPOSED);
  }

  @Test
  @DisplayName("legal-hold: a proposal whose time is over cannot be confirmed any more")
  void isNotConfirmedTooLate() {
    var id = propose(person, until(Duration.ofDays(2)), false, CONSENT);
    erasures.machine.clock().advance(Duration.ofDays(2));

    assertThat(holds().confirm(id, BOB)).isEqualTo(new Outcome.Over());
    assertThat(holds().end(id, BOB)).isEqualTo(new Outcome.Over());
    assertThat(state(id)).isEqualTo(State.EXPIRED);
  }

  @Test
  @DisplayName("legal-hold: what stands in the audit of a hold names nobody, and is not altered")
  void isInTheAudit() {
    var id = confirmed(person, until(YEAR), CONSENT, ACCOUNT);
    holds().end(id, "a third");
    var withdrawn = propose(person, until(YEAR), true, CONSENT);
    holds().end(withdrawn, BOB);
    holds().confirm(withdrawn, BOB);

    assertThat(hold(id).history())
        .extracting(LegalHold.Done::words)
        .containsExactly("proposed", "confirmed", "ended");
    assertThat(hold(id).history())
        .extracting(done -> done.entry().staff().orElseThrow())
        .containsExactly(ADA, BOB, "a third");
    assertThat(state(withdrawn)).isEqualTo(State.WITHDRAWN);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(5));
    var row =
        rowsOf("chain#LEGAL_HOLD").stream()
            .filter(item -> text(item, "sk").equals(Chains.sort(1)))
            .findFirst()
            .orElseThrow();
    var altered = new HashMap<>(row);
    altered.put("categories", AttributeValue.fromS("CREDENTIAL"));
    erasures.backstage.put(Table.AUDIT, List.of(altered));
    assertThat(verdict()).isEqualTo(new Verdict.Broken(1));
  }

  // ── What can be held ───────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "legal-hold: {0} can be held only if it is kept until an erasure")
  @EnumSource
  void whatEndsOnItsDateCannotBeHeld(Category category) {
    var isHoldable = LegalHolds.HOLDABLE.contains(category);

    assertThat(category.whyNotHeld().isEmpty()).isEqualTo(isHoldable);
    assertThat(isHoldable)
        .isEqualTo(
            EnumSet.of(
                    ACCOUNT,
                    CREDENTIAL,
                    Category.IDENTITY,
                    Category.PHONE,
                    Category.ORGANISATION,
                    Category.MEMBERSHIP,
                    CONSENT,
                    Category.ASSISTANT,
                    SUBSCRIPTION,
                    Category.API_KEY,
                    Category.SUPPORT_GRANT)
                .contains(category));
  }

  // ── Erasures ───────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "legal-hold: an erasure waits for a hold that is confirmed at {0}")
  @EnumSource(names = {"LOCK", "WAIT", "READ_NUMBERS", "TELL", "DELETE"})
  void anErasureWaitsForTheNamedKindsAlone(Stage stage) {
    var neighbour = erasures.somebody();
    var theirs = erasures.traces(neighbour.value());
    var kept = records(person, CONSENT);
    var id = stage == Stage.LOCK ? confirmed(person, until(YEAR), CONSENT) : "";
    var request = erasures.requests().erase(person);
    var open = erasures.open();
    if (stage != Stage.LOCK) {
      reach(stage, open);
      id = confirmed(person, until(YEAR), CONSENT);
    }

    for (var day = 0; day < 60; day++) {
      erasures.advance(erasures.erasure(), open);
      erasures.machine.clock().advance(Duration.ofDays(1));
    }

    assertThat(request().stage()).isEqualTo("DELETE");
    assertThat(erasures.traces(person.value()).get(Table.SUBJECTS))
        .as("what is held, and the request itself")
        .hasSize(kept.size() + 1)
        .containsAll(kept);
    assertThat(erasures.traces(person.value())).doesNotContainKeys(Table.ACTIVITY, Table.USAGE);
    assertThat(erasures.traces(person.value())).as("it opens").containsKey(Table.SUBJECT_KEYS);
    assertThat(erasures.traces(neighbour.value())).isEqualTo(theirs);

    assertThat(done(holds().end(id, BOB)).state(now())).isEqualTo(State.ENDED);
    erasures.toTheEnd(erasures.erasure(), open);

    assertErased(person, request);
    assertThat(erasures.traces(neighbour.value())).isEqualTo(theirs);
    assertThat(says(request))
        .contains("\"held\":{\"CONSENT\":{\"records\":1,\"until\":\"")
        .contains("\"found\":{\"CONSENT\":1}");
  }

  private void reach(Stage stage, String open) {
    if (stage != Stage.DELETE) {
      erasures.until(stage == Stage.READ_NUMBERS ? Stage.TELL : stage, erasures.erasure(), open);
      return;
    }
    erasures.until(Stage.TELL, erasures.erasure(), open);
    erasures.machine.clock().advance(Duration.ofDays(3));
    // It has no time left for a single page.
    assertThat(erasures.erasure().advance(open, () -> false).orElseThrow().stage())
        .isEqualTo(Stage.DELETE);
  }

  @Test
  @DisplayName("legal-hold: a hold that is confirmed while records are deleted keeps the others")
  void keepsWhatIsStillThere() {
    var request = erasures.requests().erase(person);
    var open = erasures.open();
    reach(Stage.DELETE, open);
    var hold = propose(person, until(YEAR), true, CONSENT);
    var pages = new AtomicInteger();

    var standing =
        erasures
            .erasure()
            .advance(
                open,
                () -> {
                  if (pages.getAndIncrement() == 0) {
                    holds().confirm(hold, BOB);
                  }
                  return true;
                });

    assertThat(standing.orElseThrow().stage()).isEqualTo(Stage.DELETE);
    assertThat(records(person, CONSENT)).hasSize(1);
    assertThat(erasures.traces(person.value()).get(Table.SUBJECTS)).hasSize(2);
    holds().end(hold, ADA);
    erasures.toTheEnd(erasures.erasure(), open);
    assertErased(person, request);
  }

  @Test
  @DisplayName("staff-access: what a hold keeps of somebody who is being erased, nobody looks at")
  void whatAHoldKeepsIsNobodysToLookAt() {
    erasures.account(person);
    confirmed(person, until(YEAR), ACCOUNT);
    erasures.requests().erase(person);
    erasures.until(Stage.DELETE, erasures.erasure(), erasures.open());
    var backend = erasures.backstage.backend();
    var reads = new StaffReads(backend, erasures.machine.clock());

    assertThat(
            reads.read(new StaffReads.Look("staff", person, "AAECAwQFBgcICQoLDA0ODw", ACCOUNT, "")))
        .isEqualTo(new StaffReads.Answer.Refused());
    assertThat(
            new SupportGrants(
                    backend,
                    backend.vault().keyGrants("arn:aws:iam::000000000000:role/local"),
                    erasures.machine.clock())
                .open(
                    "staff",
                    person,
                    SupportGrant.Why.TROUBLESHOOTING,
                    Set.of(ACCOUNT),
                    Duration.ofHours(1),
                    "a reason"))
        .isEmpty();
  }

  @Test
  @DisplayName("legal-hold: it ends on its date, and the erasure goes on to the receipt")
  void endsOnItsDate() {
    var id = confirmed(person, until(Duration.ofDays(100)), ACCOUNT);
    var request = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(), open);
    var end = hold(id).terms().until();
    erasures.machine.clock().set(end.minusSeconds(1));
    assertThat(erasures.advance(erasures.erasure(), open).orElseThrow().stage())
        .isEqualTo(Stage.DELETE);
    assertThat(records(person, ACCOUNT)).hasSize(1);

    erasures.machine.clock().set(end);
    erasures.advance(erasures.erasure(), open);
    assertThat(hold(id).history())
        .as("noted before the address goes that it is told to")
        .extracting(LegalHold.Done::words)
        .containsExactly("proposed", "confirmed", "expired");
    assertThat(notices(person)).hasSize(1);
    erasures.toTheEnd(erasures.erasure(), open);

    assertErased(person, request);
    assertThat(state(id)).isEqualTo(State.EXPIRED);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(3));
  }

  @Test
  @DisplayName("legal-hold: of two holds that overlap, each keeps its own kinds until its own end")
  void twoHoldsOverlap() {
    var first = confirmed(person, until(YEAR), ACCOUNT, CONSENT);
    var second = confirmed(person, until(YEAR.multipliedBy(2)), CONSENT, CREDENTIAL);
    var request = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(), open);

    holds().end(first, ADA);
    outwaitMessages(open);
    assertThat(records(person, ACCOUNT)).isEmpty();
    assertThat(records(person, CONSENT)).hasSize(1);
    assertThat(records(person, CREDENTIAL)).hasSize(2);

    holds().end(second, ADA);
    erasures.toTheEnd(erasures.erasure(), open);
    assertErased(person, request);
  }

  @Test
  @DisplayName("legal-hold: a hold on kinds of which there is nothing makes no erasure wait")
  void waitsForNothingThatIsNotThere() {
    confirmed(person, until(YEAR), true, Category.PHONE);
    var request = erasures.requests().erase(person);
    var dueBy = request().dueBy();

    erasures.toTheEnd(erasures.erasure(), erasures.open());

    assertErased(person, request);
    assertThat(erasures.receipt(request).completedAt()).isBefore(dueBy);
  }

  @Test
  @DisplayName("legal-hold, erase-everywhere: nothing leads to what is held any more")
  void nothingLeadsToWhatIsHeld() {
    var lookup = erasures.backstage.vault().blindIndex("email", person.value());
    assertThat(erasures.backstage.store().find(lookup)).contains(person);
    confirmed(person, until(YEAR), CREDENTIAL);
    erasures.requests().erase(person);

    erasures.until(Stage.DELETE, erasures.erasure(), erasures.open());

    assertThat(erasures.backstage.store().find(lookup)).isEmpty();
    assertThat(records(person, CREDENTIAL)).hasSize(2);
  }

  @Test
  @DisplayName("legal-hold: a proposal that nobody confirmed holds nothing")
  void aProposalHoldsNothing() {
    propose(person, until(YEAR), false, CONSENT);
    var request = erasures.requests().erase(person);

    erasures.toTheEnd(erasures.erasure(), erasures.open());

    assertErased(person, request);
  }

  @Test
  @DisplayName("right-deletion: the 14 days in which it can be taken back are as ever under a hold")
  void canBeTakenBackUnderAHold() {
    confirmed(person, until(YEAR), CONSENT);
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.machine.clock().advance(AtErasure.CHANGE_OF_MIND.minusSeconds(1));
    erasures.advance(erasures.erasure(), open);

    assertThat(erasures.requests().takeBack(person, id)).isEqualTo(TakingBack.TAKEN_BACK);
  }

  @ParameterizedTest(name = "legal-hold: dying {0} any write, it comes to the same end")
  @ValueSource(strings = {"before", "after"})
  void comesToTheSameEndWhereverItDies(String when) {
    var died = 0;
    for (var write = 1; died == write - 1; write++) {
      var somebody = erasures.somebody();
      var hold = confirmed(somebody, until(Duration.ofDays(40)), CONSENT);
      var id = erasures.requests().erase(somebody);
      var open = erasures.open();
      fault(when, write);
      var over = false;
      while (!over) {
        try {
          over = erasures.advance(erasures.erasure(stripe()), open).isEmpty();
          erasures.machine.clock().advance(Duration.ofDays(over ? 0 : 8));
        } catch (UnavailableException e) {
          died++;
          erasures.machine.dynamo().reset();
        }
        if (now().isBefore(hold(hold).terms().until()) && !erasures.machine.dynamo().isDead()) {
          assertThat(records(somebody, CONSENT)).as("%s write %d", when, write).hasSize(1);
        }
      }
      erasures.machine.dynamo().reset();
      assertErased(somebody, id);
    }
    assertThat(died).as("writes to die at").isGreaterThan(15);
  }

  // ── Processors ─────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("legal-hold: a processor is not asked to delete what is held, and others are")
  void aProcessorIsNotAskedWhileItsKindIsHeld() {
    var hold = confirmed(person, until(YEAR), true, SUBSCRIPTION);
    var stripe = stripe();
    var twilio = new UnreliableProcessor(TWILIO, List.of("VE1"), List.of(Answer.Gone::new));
    var request = erasures.requests().erase(person);
    var open = erasures.open();

    erasures.until(Stage.DELETE, erasures.erasure(stripe, twilio), open);
    erasures.machine.clock().advance(Duration.ofDays(60));
    var standing = erasures.advance(erasures.erasure(stripe, twilio), open).orElseThrow();

    assertThat(standing.stage()).isEqualTo(Stage.DELETE);
    assertThat(standing.stuck()).as("nobody has to see to it").isEmpty();
    assertThat(stripe.asked).isEmpty();
    assertThat(twilio.asked).hasSize(1);
    assertThat(openRequest().heldSince()).isPresent();
    holds().end(hold, ADA);
    erasures.toTheEnd(erasures.erasure(stripe, twilio), open);
    assertThat(stripe.asked).hasSize(1);
    assertErased(person, request);
  }

  @Test
  @DisplayName("legal-hold: a processor that failed before is nobody's to see to while it is held")
  void aHeldProcessorIsNotStuck() {
    var stripe =
        new UnreliableProcessor(
            STRIPE, List.of("cus_1"), List.of(LegalHoldTest::fail, Answer.Gone::new));
    var request = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.TELL, erasures.erasure(stripe), open);
    assertThat(stripe.asked).hasSize(1);
    var hold = confirmed(person, until(YEAR), true, SUBSCRIPTION);
    erasures.machine.clock().advance(Duration.ofDays(30));
    var standing = erasures.advance(erasures.erasure(stripe), open).orElseThrow();

    assertThat(standing.stuck()).isEmpty();
    assertThat(stateOfStripe()).isEqualTo(ProcessorLine.State.STOPPED);
    erasures.advance(erasures.erasure(stripe), open);
    assertThat(stripe.stopped).as("once is enough").hasSize(1);
    holds().end(hold, ADA);
    erasures.toTheEnd(erasures.erasure(stripe), open);
    assertThat(stripe.asked).hasSize(2);
    assertErased(person, request);
  }

  @Test
  @DisplayName("legal-hold: what goes on by itself and cannot be ended is somebody's to see to")
  void whatCannotBeEndedIsSomebodysToSeeTo() {
    var stripe = stripe().stopping(LegalHoldTest::fail);
    var hold = confirmed(person, until(YEAR), true, SUBSCRIPTION);
    erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(stripe), open);
    erasures.machine.clock().advance(Duration.ofDays(4));

    assertThat(erasures.advance(erasures.erasure(stripe), open).orElseThrow().stuck())
        .containsExactly(STRIPE);
    assertThat(openRequest().heldSince()).as("it waits for Stripe, too").isEmpty();
    assertThat(stripe.asked).isEmpty();

    stripe.stopping(() -> {});
    erasures.machine.clock().advance(Duration.ofHours(7));
    erasures.advance(erasures.erasure(stripe), open);
    assertThat(erasures.advance(erasures.erasure(stripe), open).orElseThrow().stuck()).isEmpty();
    assertThat(openRequest().heldSince()).isPresent();
    holds().end(hold, ADA);
    erasures.toTheEnd(erasures.erasure(stripe), open);
    assertThat(stripe.asked).hasSize(1);
  }

  @Test
  @DisplayName("legal-hold: what is held while another processor answers is not deleted")
  void whatIsHeldWhileAnotherAnswersIsNotDeleted() {
    var cloudflare = holdingMeanwhile(CLOUDFLARE, SUBSCRIPTION);
    var stripe = holdingMeanwhile(STRIPE, Category.ASSISTANT);
    erasures.requests().erase(person);

    erasures.until(Stage.DELETE, erasures.erasure(cloudflare, stripe), erasures.open());

    assertThat(List.of(cloudflare.asked.size(), stripe.asked.size()))
        .as("the first is asked alone")
        .containsExactlyInAnyOrder(1, 0);
  }

  private ProcessorLine.State stateOfStripe() {
    return Objects.requireNonNull(request().processors().get(STRIPE)).state();
  }

  /** While it answers, a hold on that is confirmed. */
  private UnreliableProcessor holdingMeanwhile(Processor processor, Category category) {
    return new UnreliableProcessor(
        processor,
        List.of("1"),
        List.of(
            () -> {
              confirmed(person, until(YEAR), true, category);
              return new Answer.Gone();
            }));
  }

  private static Answer fail() {
    throw new UnavailableException("Stripe", new IOException());
  }

  // ── Due dates ──────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("legal-hold, rights-deadline: while an erasure waits for a hold alone, time stands")
  void timeStandsStillWhileItWaitsForAHoldAlone() {
    var hold = confirmed(person, until(YEAR), true, CONSENT);
    erasures.requests().erase(person);
    var open = erasures.open();
    var dueBy = openRequest().dueBy();
    erasures.until(Stage.DELETE, erasures.erasure(), open);
    var since = openRequest().heldSince().orElseThrow();
    assertThat(since).isBefore(dueBy);
    assertThat(OpenRequest.firstDue(List.of(openRequest()))).isEmpty();

    erasures.machine.clock().advance(Duration.ofDays(200));
    erasures.advance(erasures.erasure(), open);
    assertThat(openRequest().heldSince()).as("since the first time").contains(since);
    assertThat(left()).as("no alarm").isGreaterThan(Duration.ofDays(29));

    holds().end(hold, ADA);
    assertThat(erasures.advance(erasures.erasure(), open).orElseThrow().stage())
        .isEqualTo(Stage.OUTLIVE_BACKUPS);
    assertThat(openRequest().heldSince()).isEmpty();
    assertThat(OpenRequest.firstDue(List.of(openRequest())))
        .contains(dueBy.plus(Duration.between(since, now())));
    assertThat(left())
        .as("what was left when it began to wait")
        .isCloseTo(Duration.between(since, dueBy), Duration.ofSeconds(1));
    erasures.toTheEnd(erasures.erasure(), open);
  }

  @Test
  @DisplayName("rights-deadline: an erasure that a processor holds up is late, hold or not")
  void timeRunsWhileAProcessorHoldsItUpToo() {
    confirmed(person, until(YEAR), true, CONSENT);
    var refusing =
        new UnreliableProcessor(
            STRIPE, List.of("cus_1"), List.of(() -> new Answer.Refused("an open invoice")));
    erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(refusing), open);

    assertThat(openRequest().heldSince()).isEmpty();
    erasures.machine.clock().advance(Duration.ofDays(30));
    assertThat(erasures.advance(erasures.erasure(refusing), open).orElseThrow().stuck())
        .containsExactly(STRIPE);
    assertThat(left()).isNegative();
  }

  /** What the hourly clock says is left for the first of the requests. */
  @SuppressWarnings("NullAway") // the function has no use for a context
  private Duration left() {
    var figures =
        new PrivacyClockHandler(
                erasures.machine.environment("PrivacyClockFunction"), erasures.machine.clock())
            .handleRequest(new ScheduledEvent(), null);
    return Duration.ofSeconds(Objects.requireNonNull(figures.get("PrivacyRequestDueSeconds")));
  }

  // ── Who is told ────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("legal-hold: the person is told of it when it begins, and when it ends")
  void thePersonIsTold() {
    var id = confirmed(person, until(YEAR), CONSENT);
    assertThat(notices(person)).containsExactly("OUTBOX#NOTICE#HOLD#" + id + "#LEGAL_HOLD_BEGINS");
    assertThat(erasures.requests().heldByLaw(person))
        .singleElement()
        .satisfies(held -> assertThat(held.categories()).containsExactly(CONSENT));

    holds().end(id, ADA);

    assertThat(notices(person))
        .containsExactlyInAnyOrder(
            "OUTBOX#NOTICE#HOLD#" + id + "#LEGAL_HOLD_BEGINS",
            "OUTBOX#NOTICE#HOLD#" + id + "#LEGAL_HOLD_ENDS");
    assertThat(erasures.requests().heldByLaw(person)).isEmpty();
  }

  @Test
  @DisplayName("legal-hold: of a hold that must not be told, the person learns nothing")
  void tellsNobodyOfAnUndisclosedHold() {
    var told = confirmed(person, until(YEAR), CONSENT);
    var secret = confirmed(person, until(YEAR.multipliedBy(2)), true, ACCOUNT, CONSENT);
    assertThat(notices(person)).hasSize(1);
    var request = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(), open);

    assertThat(erasures.requests().heldByLaw(person)).hasSize(1);
    var shown = request().done().toString();
    assertThat(shown).contains("held={CONSENT=").contains(hold(told).terms().until().toString());
    assertThat(shown).doesNotContain("ACCOUNT", hold(secret).terms().until().toString());
    holds().end(told, ADA);
    outwaitMessages(open);
    assertThat(erasures.requests().heldByLaw(person)).isEmpty();
    holds().end(secret, ADA);
    assertThat(notices(person)).as("of the other").isEmpty();
    erasures.toTheEnd(erasures.erasure(), open);

    assertErased(person, request);
    assertThat(says(request))
        .doesNotContain(hold(secret).terms().until().toString())
        .doesNotContain("\"held\":{\"ACCOUNT\"");
  }

  @Test
  @DisplayName("legal-hold: a receipt is as long with an undisclosed hold as without one")
  void aReceiptDoesNotTellThatSomethingWasHeld() {
    var neighbour = erasures.somebody();
    var hold = confirmed(person, until(YEAR), true, CONSENT);
    var held = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(), open);
    erasures.machine.clock().advance(Duration.ofDays(2));
    erasures.advance(erasures.erasure(), open);
    holds().end(hold, ADA);
    erasures.toTheEnd(erasures.erasure(), open);
    var free = erasures.requests().erase(neighbour);
    erasures.toTheEnd(erasures.erasure(), erasures.open());

    assertThat(says(held)).containsOnlyOnce("\"stage\":\"DELETE\"");
    assertThat(withoutTimes(held)).isEqualTo(withoutTimes(free));
  }

  @Test
  @DisplayName("legal-hold: how an erasure stands is shown as without the hold, until the receipt")
  void howItStandsDoesNotTellThatSomethingIsHeld() {
    var neighbour = erasures.somebody();
    var hold = confirmed(person, until(YEAR), true, CONSENT, SUBSCRIPTION);
    var held = erasures.requests().erase(person);
    var free = erasures.requests().erase(neighbour);
    var stages = new HashSet<String>();
    for (var time = 0; shown(neighbour, free).isPresent(); time++) {
      assertThat(shown(person, held)).as("time %d", time).isEqualTo(shown(neighbour, free));
      OpenRequest.all(erasures.backstage.store())
          .forEach(open -> erasures.advance(erasures.erasure(stripe()), open.ref().sort()));
      shown(neighbour, free).map(PrivacyRequest::stage).ifPresent(stages::add);
      erasures.machine.clock().advance(Duration.ofHours(13));
    }
    assertThat(stages).containsExactlyInAnyOrder("WAIT", "TELL", "DELETE");
    assertThat(shown(person, held).orElseThrow().stage()).isEqualTo("DELETE");

    holds().end(hold, ADA);
    erasures.toTheEnd(erasures.erasure(stripe()), erasures.open());
    assertErased(person, held);
  }

  /** As it is shown. */
  private Optional<PrivacyRequest> shown(SubjectId somebody, String id) {
    return erasures.requests().find(somebody, id).map(found -> found.value().shown());
  }

  @Test
  @DisplayName("legal-hold: what is held since a run died is on the receipt once, when it goes")
  void whatIsHeldSinceARunDiedIsCountedOnce() {
    var free = erasures.requests().erase(person);
    erasures.toTheEnd(erasures.erasure(), erasures.open());
    var stages = EnumSet.noneOf(Stage.class);
    for (var write = 1; !stages.contains(Stage.CONFIRM); write++) {
      var somebody = erasures.somebody();
      var held = erasures.requests().erase(somebody);
      var open = erasures.open();
      erasures.until(Stage.TELL, erasures.erasure(), open);
      erasures.machine.clock().advance(Duration.ofDays(3));
      fault("before", write);
      assertThatThrownBy(() -> erasures.advance(erasures.erasure(), open))
          .isInstanceOf(UnavailableException.class);
      erasures.machine.dynamo().reset();
      var request = erasures.requests().all(somebody).getFirst().value();
      stages.add(Stage.valueOf(request.stage()));
      var hold = confirmed(somebody, until(YEAR), true, ACCOUNT, CONSENT, CREDENTIAL);
      erasures.advance(erasures.erasure(), open);
      holds().end(hold, ADA);
      erasures.toTheEnd(erasures.erasure(), open);

      assertThat(withoutTimes(held)).as("died at write %d", write).isEqualTo(withoutTimes(free));
    }
    assertThat(stages).contains(Stage.DELETE);
  }

  /** What a receipt says was done, but for when. */
  private String withoutTimes(String request) {
    return says(request)
        .replaceAll(".*\"stages\":|,\"processors\".*", "")
        .replaceAll("\"at\":\"[^\"]*\"", "");
  }

  @Test
  @DisplayName("legal-hold: what is held is written down once, however often it is looked")
  void isWrittenDownOnce() {
    confirmed(person, until(YEAR), true, ACCOUNT);
    confirmed(person, until(YEAR), CONSENT);
    erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(), open);
    var steps = request().done().size();
    for (var time = 0; time < 5; time++) {
      // Written by somebody who had the key still.
      erasures.backstage.put(
          Table.SUBJECTS,
          List.of(
              Map.of(
                  "pk", AttributeValue.fromS(person.value()),
                  "sk", AttributeValue.fromS("SESSION#late" + time))));
      erasures.machine.clock().advance(Duration.ofDays(4));
      erasures.advance(erasures.erasure(), open);
      erasures.advance(erasures.erasure(), open);
    }

    assertThat(request().done()).hasSize(steps);
    assertThat(request().done().getLast().found().toString())
        .contains("SESSION=6", "held={CONSENT={records=1");
  }

  @Test
  @DisplayName("legal-hold: the address stays until it is told that the hold ended")
  void theAddressStaysUntilTheMessageIsSent() {
    var id = confirmed(person, until(YEAR), ACCOUNT);
    var request = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.DELETE, erasures.erasure(), open);
    erasures.machine.clock().advance(Duration.ofDays(4));
    holds().end(id, ADA);

    erasures.advance(erasures.erasure(), open);
    assertThat(records(person, ACCOUNT)).as("not sent yet").hasSize(1);
    assertThat(notices(person)).hasSize(1);
    assertThat(openRequest().heldSince()).as("that is no hold").isEmpty();

    // An address may be dead.
    erasures.machine.clock().advance(Duration.ofDays(3));
    erasures.toTheEnd(erasures.erasure(), open);
    assertErased(person, request);
  }

  // ── Its date ───────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("legal-hold: that its time is over is noted once, and the person told")
  void isNotedToBeOverOnce() {
    var id = confirmed(person, until(Duration.ofDays(10)), CONSENT);
    var other = confirmed(person, until(Duration.ofDays(11)), true, CONSENT);
    var place = HoldEnd.over(erasures.backstage.store(), Instant.MAX).getFirst().ref().sort();
    holds().expire(place);
    assertThat(hold(id).history()).as("before its time").hasSize(2);
    erasures.machine.clock().advance(Duration.ofDays(10));

    SignUpTest.<Boolean>atOnce(
        Stream.<Callable<Boolean>>generate(
                () ->
                    () -> {
                      holds().expire(place);
                      return true;
                    })
            .limit(3)
            .toList());

    assertThat(hold(id).history())
        .extracting(LegalHold.Done::words)
        .containsExactly("proposed", "confirmed", "expired");
    assertThat(hold(id).history().getLast().entry().staff()).isEmpty();
    assertThat(notices(person)).hasSize(2);
    assertThat(rowsOf("hold#" + person)).hasSize(1);
    assertThat(state(other)).isEqualTo(State.ACTIVE);
    assertThat(verdict()).isEqualTo(new Verdict.Kept(5));
  }

  @ParameterizedTest(name = "legal-hold: dying {0} any write, its end is noted whole or not")
  @ValueSource(strings = {"before", "after"})
  void isNotedWholeOrNotAtAll(String when) {
    var id = confirmed(person, until(Duration.ofDays(10)), CONSENT);
    var place = HoldEnd.over(erasures.backstage.store(), Instant.MAX).getFirst().ref().sort();
    erasures.machine.clock().advance(Duration.ofDays(10));
    fault(when, 1);
    assertThatThrownBy(() -> holds().expire(place)).isInstanceOf(UnavailableException.class);
    erasures.machine.dynamo().reset();

    var noted = when.equals("after");
    assertThat(hold(id).history()).hasSize(noted ? 3 : 2);
    assertThat(notices(person)).hasSize(noted ? 2 : 1);
    holds().expire(place);
    assertThat(hold(id).history()).hasSize(3);
    assertThat(notices(person)).hasSize(2);
  }

  @Test
  @DisplayName("legal-hold: ended and over at once, it ends once")
  void endsOnceWhereItIsEndedAtItsEnd() {
    for (var round = 0; round < 6; round++) {
      var id = confirmed(person, until(Duration.ofDays(2)), CONSENT);
      var place = HoldEnd.over(erasures.backstage.store(), Instant.MAX).getFirst().ref().sort();
      erasures.machine.clock().set(hold(id).terms().until().minusMillis(round % 2));

      SignUpTest.<Boolean>atOnce(
          List.of(
              () -> {
                erasures.machine.clock().advance(Duration.ofMillis(1));
                holds().expire(place);
                return true;
              },
              () -> holds().end(id, ADA) instanceof Outcome.Done));
      holds().expire(place);

      assertThat(hold(id).history()).hasSize(3);
      assertThat(rowsOf("legal-holds")).isEmpty();
    }
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  /** As of another instance of the function. */
  private LegalHolds holds() {
    return new LegalHolds(erasures.backstage.backend(), erasures.machine.clock());
  }

  private Instant now() {
    return erasures.machine.clock().instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private Instant until(Duration length) {
    return now().plus(length).truncatedTo(ChronoUnit.SECONDS);
  }

  private static Terms terms(Instant until, boolean undisclosed, Category... categories) {
    return new Terms(Set.copyOf(Arrays.asList(categories)), until, "4 O 128/26", undisclosed);
  }

  private String propose(
      SubjectId somebody, Instant until, boolean undisclosed, Category... categories) {
    return done(holds().propose(ADA, somebody, terms(until, undisclosed, categories))).id();
  }

  private String confirmed(SubjectId somebody, Instant until, Category... categories) {
    return confirmed(somebody, until, false, categories);
  }

  private String confirmed(
      SubjectId somebody, Instant until, boolean undisclosed, Category... categories) {
    var id = propose(somebody, until, undisclosed, categories);
    assertThat(holds().confirm(id, BOB)).isInstanceOf(Outcome.Done.class);
    return id;
  }

  private static LegalHold done(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done) outcome).hold();
  }

  private LegalHold hold(String id) {
    return holds().find(id).orElseThrow();
  }

  private State state(String id) {
    return hold(id).state(now());
  }

  private Verdict verdict() {
    var chains = new Chains(erasures.backstage.store());
    return new AuditChain(chains, erasures.machine.clock()).verify(Category.LEGAL_HOLD);
  }

  private void fault(String when, int write) {
    var faults = erasures.machine.dynamo();
    faults.reset();
    if (when.equals("before")) {
      faults.dieBeforeWrite(write);
    } else {
      faults.dieAfterWrite(write);
    }
  }

  /** Goes on until the messages of holds are given up, which nobody sends here. */
  private void outwaitMessages(String open) {
    for (var day = 0; day < 4; day++) {
      erasures.machine.clock().advance(Duration.ofDays(1));
      erasures.advance(erasures.erasure(), open);
    }
  }

  private List<Map<String, AttributeValue>> records(SubjectId somebody, Category category) {
    return erasures.backstage.raw(Table.SUBJECTS).stream()
        .filter(item -> text(item, "pk").equals(somebody.value()))
        .filter(item -> text(item, "sk").split("#", 2)[0].equals(category.name()))
        .toList();
  }

  private List<Map<String, AttributeValue>> rowsOf(String partition) {
    return erasures.backstage.raw(Table.AUDIT).stream()
        .filter(item -> text(item, "pk").equals(partition))
        .toList();
  }

  private List<String> notices(SubjectId somebody) {
    return erasures.backstage.raw(Table.SUBJECTS).stream()
        .filter(item -> text(item, "pk").equals(somebody.value()))
        .map(item -> text(item, "sk"))
        .filter(sort -> sort.startsWith("OUTBOX#NOTICE#HOLD#"))
        .toList();
  }

  private PrivacyRequest request() {
    return erasures.requests().all(person).stream().map(Found::value).findFirst().orElseThrow();
  }

  private OpenRequest openRequest() {
    return OpenRequest.all(erasures.backstage.store()).getFirst().value();
  }

  private void assertErased(SubjectId somebody, String id) {
    assertThat(erasures.traces(somebody.value()).keySet()).containsExactly(Table.AUDIT);
    assertThat(erasures.receipt(id).subject()).isEqualTo(somebody);
    assertThat(erasures.traces("open-requests")).isEmpty();
  }

  private static UnreliableProcessor stripe() {
    return new UnreliableProcessor(STRIPE, List.of("cus_1"), List.of(Answer.Gone::new));
  }

  /** The JSON that was signed. */
  private String says(String request) {
    return new String(
        Base64.getUrlDecoder().decode(erasures.receipt(request).signed().split("\\.", -1)[1]),
        StandardCharsets.UTF_8);
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return Optional.ofNullable(item.get(name)).map(AttributeValue::s).orElse("");
  }
}
