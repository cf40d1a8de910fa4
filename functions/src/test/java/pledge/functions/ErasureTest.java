package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static pledge.policy.Processor.CLOUDFLARE;
import static pledge.policy.Processor.STRIPE;
import static pledge.policy.Processor.TWILIO;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.Erasure.Standing;
import pledge.privacy.Jwk;
import pledge.privacy.OpenRequest;
import pledge.privacy.PrivacyRequest;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.PrivacyRequests.TakingBack;
import pledge.privacy.ProcessorLine.State;
import pledge.privacy.Receipt;
import pledge.privacy.RemoteCopy;
import pledge.privacy.Replay;
import pledge.privacy.Replay.Progress;
import pledge.processor.Custodian.Answer;
import pledge.records.DeclaredRecord;
import pledge.store.Chains;
import pledge.store.Found;
import pledge.subject.TextMessage;
import pledge.vault.Json;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Erasures to the last copy: nothing is left, and nothing is touched that is not the person's. */
class ErasureTest {
  private static final Answer GONE = new Answer.Gone();

  private final Erasures erasures = new Erasures();
  private final SubjectId person = erasures.somebody();

  @AfterEach
  void close() {
    erasures.close();
  }

  @Test
  @DisplayName("erase-everywhere, account-30d: nothing is left of who asked, all of who did not")
  void erasesAllOfOnePersonAndNothingElse() {
    var neighbour = erasures.somebody();
    var theirs = erasures.traces(neighbour.value());
    var id = erasures.requests().erase(person);
    var asked = erasures.requests().all(person).getFirst().value();

    erasures.toTheEnd(erasures.erasure(), erasures.open());

    assertThat(erasures.traces(neighbour.value())).isEqualTo(theirs);
    assertThat(erasures.traces(person.value()).keySet()).containsExactly(Table.AUDIT);
    assertThat(erasures.traces(person.value()).get(Table.AUDIT))
        .as("the receipt, and its row in the chain")
        .hasSize(2)
        .allMatch(item -> text(item, "pk").matches("receipt#" + id + "|chain#ERASURE_RECEIPT"));
    var receipt = erasures.receipt(id);
    assertThat(receipt.completedAt())
        .isAfter(asked.requestedAt().plus(AtErasure.CHANGE_OF_MIND))
        .isBefore(asked.dueBy());
    assertThat(says(receipt.signed()))
        .contains("\"SECURITY_EVENT\":1", "\"ACCOUNT\":1", "\"LOOKUP\":1");
  }

  @Test
  @DisplayName("erase-everywhere: whoever holds the mailed id sees how it stands until the receipt")
  void isSeenByTheMailedIdUntilTheReceipt() {
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    var store = erasures.backstage.store();
    erasures.until(Stage.WAIT, erasures.erasure(), open);
    assertThat(Receipt.expectedBy(store, id)).as("nobody was told of it").isEmpty();
    for (var stage : List.of(Stage.TELL, Stage.OUTLIVE_BACKUPS)) {
      erasures.until(stage, erasures.erasure(), open);
      assertThat(Receipt.expectedBy(store, id)).as(stage.name()).contains(person);
    }

    // As a restored table may lack it: the receipt does not wait for it.
    erasures.backstage.delete(Table.AUDIT, "expected-receipt#" + id);
    erasures.toTheEnd(erasures.erasure(), open);

    assertThat(erasures.receipt(id).subject()).isEqualTo(person);
  }

  @Test
  @DisplayName("right-deletion: it can be taken back for 14 days, and then nothing is missing")
  void canBeTakenBackUntilDataIsDeleted() {
    var before = erasures.traces(person.value());
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.WAIT, erasures.erasure(), open);
    erasures.machine.clock().advance(AtErasure.CHANGE_OF_MIND.minusSeconds(1));
    erasures.advance(erasures.erasure(), open);

    assertThat(erasures.requests().takeBack(person, id)).isEqualTo(TakingBack.TAKEN_BACK);
    assertThat(erasures.requests().takeBack(person, id)).isEqualTo(TakingBack.TAKEN_BACK);
    assertThat(erasures.advance(erasures.erasure(), open)).isEmpty();
    var after = erasures.traces(person.value());
    assertThat(request().status()).isEqualTo(Status.CANCELLED);
    assertThat(after.get(Table.SUBJECTS))
        .containsAll(
            before.getOrDefault(Table.SUBJECTS, List.of()).stream()
                .filter(item -> !text(item, "sk").startsWith("SESSION"))
                .toList());
    assertThat(after.get(Table.ACTIVITY)).isEqualTo(before.get(Table.ACTIVITY));
    assertThat(erasures.requests().erase(person)).as("asked again").isNotEqualTo(id);
  }

  @Test
  @DisplayName("right-deletion: after 14 days it is too late")
  void cannotBeTakenBackOnceItBegins() {
    var id = erasures.requests().erase(person);
    erasures.machine.clock().advance(AtErasure.CHANGE_OF_MIND);

    assertThat(erasures.requests().takeBack(person, id)).isEqualTo(TakingBack.TOO_LATE);
    assertThat(erasures.requests().takeBack(erasures.somebody(), id))
        .as("somebody else's")
        .isEqualTo(TakingBack.UNKNOWN);
  }

  @Test
  void isAskedForOnceHoweverOftenAtOnce() {
    var ids =
        SignUpTest.<String>atOnce(
            Stream.<Callable<String>>generate(() -> () -> erasures.requests().erase(person))
                .limit(4)
                .toList());

    assertThat(ids).containsOnly(ids.getFirst());
    assertThat(erasures.open()).contains(ids.getFirst());
  }

  // ── Dying, and twice at once ───────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "erase-everywhere: dying {0} any write, it comes to the same end")
  @ValueSource(strings = {"before", "after"})
  void comesToTheSameEndWhereverItDies(String when) {
    var undisturbed = erasures.requests().erase(person);
    erasures.toTheEnd(erasures.erasure(stripe(() -> GONE)), erasures.open());
    var died = 0;
    for (var write = 1; died == write - 1; write++) {
      var somebody = erasures.somebody();
      var id = erasures.requests().erase(somebody);
      var open = erasures.open();
      var faults = erasures.machine.dynamo();
      faults.reset();
      if (when.equals("before")) {
        faults.dieBeforeWrite(write);
      } else {
        faults.dieAfterWrite(write);
      }
      var over = false;
      while (!over) {
        try {
          over = erasures.advance(erasures.erasure(stripe(() -> GONE)), open).isEmpty();
          erasures.machine.clock().advance(Duration.ofDays(over ? 0 : 8));
        } catch (UnavailableException e) {
          died++;
          faults.reset();
        }
      }
      faults.reset();
      assertErased(somebody, id, "died " + when + " write " + write);
      assertThat(stages(id))
          .as("each is counted once, died %s write %d", when, write)
          .isEqualTo(stages(undisturbed));
    }
    assertThat(died).as("writes to die at").isGreaterThan(15);
  }

  @ParameterizedTest(name = "erase-everywhere: many at once at {0}")
  @EnumSource
  void comesToOneEndWhereManyGoOnAtOnce(Stage stage) {
    var alone = erasures.requests().erase(erasures.somebody());
    erasures.toTheEnd(erasures.erasure(stripe(() -> GONE)), erasures.open());
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    var stripe = stripe(() -> GONE);
    if (stage.compareTo(Stage.WAIT) > 0) {
      erasures.machine.clock().advance(AtErasure.CHANGE_OF_MIND);
    }
    if (stage.compareTo(Stage.TELL) > 0) {
      erasures.until(Stage.TELL, erasures.erasure(stripe), open);
      erasures.machine.clock().advance(Duration.ofDays(3));
    }
    if (stage.compareTo(Stage.OUTLIVE_BACKUPS) > 0) {
      erasures.until(Stage.OUTLIVE_BACKUPS, erasures.erasure(stripe), open);
      erasures.machine.clock().advance(Duration.ofDays(8));
    }

    SignUpTest.<Boolean>atOnce(
        Stream.<Callable<Boolean>>generate(
                () -> () -> erasures.advance(erasures.erasure(stripe), open).isPresent())
            .limit(3)
            .toList());
    erasures.toTheEnd(erasures.erasure(stripe), open);

    assertErased(person, id, "many at once at " + stage);
    assertThat(erasures.traces(person.value()).get(Table.AUDIT)).as("one receipt").hasSize(2);
    assertThat(stages(id)).as("each is counted once").isEqualTo(stages(alone));
  }

  @Test
  void goesOnWhereItHadNoMoreTime() {
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.machine.clock().advance(Duration.ofDays(14));
    erasures.until(Stage.TELL, erasures.erasure(), open);
    erasures.machine.clock().advance(Duration.ofDays(3));

    // Time for one table, the other two are left.
    var pages = new AtomicInteger();
    assertThat(
            erasures
                .erasure()
                .advance(open, () -> pages.getAndIncrement() < 1)
                .orElseThrow()
                .stage())
        .isEqualTo(Stage.DELETE);
    assertThat(erasures.traces(person.value()).get(Table.SUBJECTS)).hasSize(1);
    assertThat(erasures.traces(person.value())).containsKeys(Table.ACTIVITY, Table.USAGE);
    erasures.toTheEnd(erasures.erasure(), open);

    assertErased(person, id, "no more time");
    assertThat(says(erasures.receipt(id).signed()))
        .as("nothing that was deleted is missing on the receipt")
        .contains("\"ACCOUNT\":1", "\"SECURITY_EVENT\":1");
  }

  @Test
  @DisplayName("erase-everywhere: what is written by somebody who had the key still is found")
  void findsWhatWasWrittenMeanwhile() {
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.OUTLIVE_BACKUPS, erasures.erasure(), open);
    var late = DeclaredRecord.ref(Category.SECURITY_EVENT, person.value(), "late");
    erasures.backstage.put(
        Table.ACTIVITY,
        List.of(
            Map.of(
                "pk", AttributeValue.fromS(person.value()),
                "sk", AttributeValue.fromS(late.sort()),
                "_at", AttributeValue.fromN("1"))));

    erasures.toTheEnd(erasures.erasure(), open);

    assertErased(person, id, "written late");
    assertThat(says(erasures.receipt(id).signed()))
        .containsPattern("\"SECURITY_EVENT\":1.*\"SECURITY_EVENT\":1");
  }

  // ── Processors ─────────────────────────────────────────────────────────────────────────────

  /** A way to fail, and then to answer. */
  record Way(String words, Supplier<Answer> failing, State state) {
    @Override
    public String toString() {
      return words;
    }
  }

  static Stream<Way> ways() {
    return Stream.of(
        new Way("refuses", () -> new Answer.Refused("an open invoice"), State.REFUSED),
        new Way(
            "cannot be reached",
            () -> {
              throw new UnavailableException("Stripe", new IOException());
            },
            State.FAILED),
        new Way(
            "fails in a way that nobody thought of",
            () -> {
              throw new IllegalStateException("cus_1 is odd");
            },
            State.FAILED),
        new Way("never answers", ErasureTest::never, State.FAILED));
  }

  @ParameterizedTest(
      name = "erase-everywhere: a processor that {0} is asked again, and not skipped")
  @MethodSource("ways")
  void aProcessorIsAskedUntilItHasAnswered(Way way) {
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    var stripe =
        new UnreliableProcessor(
            STRIPE, List.of("cus_1"), List.of(way.failing(), way.failing(), () -> GONE));
    var twilio = new UnreliableProcessor(TWILIO, List.of("SM1"), List.of(() -> GONE));
    erasures.machine.clock().advance(Duration.ofDays(14));

    erasures.until(Stage.TELL, erasures.erasure(stripe, twilio), open);

    assertThat(state(STRIPE)).isEqualTo(way.state());
    assertThat(state(TWILIO)).as("another is not held up").isEqualTo(State.GONE);
    erasures.toTheEnd(erasures.erasure(stripe, twilio), open);
    assertThat(stripe.asked).hasSize(3).containsOnly(List.of("cus_1"));
    assertThat(twilio.asked).hasSize(1);
    assertErased(person, id, way.words());
    assertThat(says(erasures.receipt(id).signed())).contains("Stripe", "GONE");
  }

  @Test
  @DisplayName("erase-everywhere: a stuck processor keeps nothing of ours, and staff is called")
  void aStuckProcessorHoldsUpNothingButTheReceipt() {
    var answers =
        new ArrayList<Supplier<Answer>>(
            List.of(
                () -> {
                  throw new UnavailableException("Stripe", new IOException());
                }));
    var stripe = new UnreliableProcessor(STRIPE, List.of("cus_1"), answers);
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.CONFIRM, erasures.erasure(stripe), open);
    var late = erasures.somebody();
    erasures.machine.clock().advance(Duration.ofDays(1));

    assertThat(erasures.traces(person.value()).get(Table.SUBJECTS))
        .as("the request alone")
        .hasSize(1);
    assertThat(erasures.traces(person.value())).doesNotContainKeys(Table.ACTIVITY, Table.USAGE);
    var standing = erasures.advance(erasures.erasure(stripe), open).orElseThrow();
    assertThat(standing.stage()).isEqualTo(Stage.CONFIRM);
    assertThat(standing.stuck()).containsExactly(STRIPE);
    assertThat(erasures.traces(late.value())).isNotEmpty();
    erasures.toTheEnd(erasures.erasure(stripe(() -> GONE)), open);
    assertErased(person, id, "stuck");
  }

  @Test
  @DisplayName("erase-everywhere: each message is deleted at its provider, though its time is over")
  void messagesAreDeletedAtTheirProvider() {
    var now = erasures.machine.clock().instant();
    message("SM1", Instant.MAX);
    message("SM2", now.plus(Duration.ofHours(1)));
    var twilio = new UnreliableProcessor(TWILIO, List.of("VE1"), List.of(() -> GONE));
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.TELL, erasures.erasure(twilio), open);
    message("SM3", Instant.MAX);

    erasures.toTheEnd(erasures.erasure(twilio), open);

    assertThat(twilio.asked).containsExactly(List.of("VE1", "SM1", "SM2"));
    assertThat(says(erasures.receipt(id).signed())).contains("Twilio", "GONE");
    assertThat(RemoteCopy.all(erasures.backstage.store()))
        .as("sent when the numbers were read already")
        .extracting(copy -> copy.ref().id())
        .contains("TWILIO#SM3");
    assertErased(person, id, "with messages");
  }

  @Test
  @DisplayName("erase-everywhere: no receipt while nobody can ask the provider of a message")
  void aMessageWithoutAnAdapterIsSomebodysToSeeTo() {
    message("SM1", Instant.MAX);
    erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.CONFIRM, erasures.erasure(), open);
    erasures.machine.clock().advance(Duration.ofDays(4));

    assertThat(erasures.advance(erasures.erasure(), open).orElseThrow().stuck())
        .containsExactly(TWILIO);
  }

  private void message(String id, Instant expiresAt) {
    var sentAt = erasures.machine.clock().instant();
    erasures
        .backstage
        .store()
        .insert(
            TextMessage.KIND.in(person.value(), id),
            new TextMessage("a code", "123456", "delivered", sentAt),
            expiresAt);
  }

  @Test
  void saysOnTheReceiptWhatRemainsWhereAndUntilWhen() {
    var end = erasures.machine.clock().instant().plus(Duration.ofDays(90));
    var stripe = stripe(() -> new Answer.KeptByLaw("transactions", "US tax law", end));
    var cloudflare =
        new UnreliableProcessor(
            CLOUDFLARE, List.of("w1"), List.of(() -> new Answer.Scheduled("a backup", end)));
    var twilio = new UnreliableProcessor(TWILIO, List.of(), List.of(ErasureTest::never));
    var id = erasures.requests().erase(person);

    erasures.toTheEnd(erasures.erasure(stripe, cloudflare, twilio), erasures.open());

    assertThat(twilio.asked).as("knows nothing of the person").isEmpty();
    var receipt = erasures.receipt(id);
    var says = says(receipt.signed());
    assertThat(says).doesNotContain("cus_1", "w1");
    var claims = Json.object(Json.MAPPER.fromJson(says));
    assertThat((List<?>) claims.get("processors"))
        .map(Json::object)
        .contains(
            Map.of(
                "processor",
                "Stripe",
                "state",
                "KEPT_BY_LAW",
                "remains",
                "transactions",
                "why",
                "US tax law",
                "until",
                end.toString()));
    assertThat((List<?>) claims.get("residue"))
        .map(Json::object)
        .containsExactlyInAnyOrder(
            remains("Stripe", "transactions", end),
            remains("Cloudflare", "a backup", end),
            remains(
                "backups of the audit",
                "what was to be done for the account, such as this request, under random ids",
                receipt.completedAt().plus(Duration.ofDays(35))),
            remains(
                "backups of account data",
                "the request's own stages, under random ids",
                receipt.completedAt().plus(Duration.ofDays(7))),
            remains(
                "logs of our functions",
                "that somebody with this random id signed in, and the like",
                receipt.completedAt().plus(Duration.ofDays(14))));
  }

  private static Map<String, Object> remains(String where, String what, Instant until) {
    return Map.of("where", where, "what", what, "until", until.toString());
  }

  @Test
  @DisplayName("billing-7y: a receipt says what the law has us keep, why, and for how long")
  void saysOnTheReceiptWhatTheLawHasUsKeep() {
    var id = erasures.requests().erase(person);
    erasures.toTheEnd(erasures.erasure(), erasures.open());

    var claims = Json.object(Json.MAPPER.fromJson(says(erasures.receipt(id).signed())));
    assertThat((List<?>) claims.get("kept"))
        .map(Json::object)
        .extracting("category", "which", "for")
        .containsExactlyInAnyOrder(
            tuple("BILLING_RECORD", "any that there were", "for 7 years"),
            tuple("STAFF_ACCESS", "any that there were", "for 7 years"),
            tuple("LEGAL_HOLD", "any that there were", "for 7 years"),
            tuple("MINOR_REPORT", "any that there were", "for 7 years"),
            tuple("ERASURE_RECEIPT", "this one", "for 7 years"));
    assertThat((List<?>) claims.get("kept"))
        .map(Json::object)
        .extracting("why", String.class)
        .allSatisfy(why -> assertThat(why).isNotBlank());
  }

  @Test
  @DisplayName("encrypted-at-rest: the numbers of processors are sealed")
  void sealsTheNumbersOfProcessors() {
    erasures.requests().erase(person);
    erasures.until(Stage.TELL, erasures.erasure(stripe(ErasureTest::never)), erasures.open());

    assertThat(state(STRIPE)).isEqualTo(State.FAILED);
    assertThat(erasures.traces("cus_1")).isEmpty();
    assertThat(erasures.traces(HexFormat.of().formatHex("cus_1".getBytes(StandardCharsets.UTF_8))))
        .isEmpty();
  }

  @ParameterizedTest(
      name = "erase-everywhere: nothing is deleted while a processor {0}, asked for its numbers")
  @MethodSource("silences")
  void aProcessorIsAskedForItsNumbersUntilItSaysThem(Way way) {
    var waysToSay =
        new ArrayDeque<Supplier<List<String>>>(
            List.of(() -> says(way), () -> says(way), () -> List.of("cus_1")));
    var stripe =
        new UnreliableProcessor(STRIPE, _ -> waysToSay.removeFirst().get(), List.of(() -> GONE));
    var twilio = new UnreliableProcessor(TWILIO, List.of("SM1"), List.of(() -> GONE));
    var id = erasures.requests().erase(person);
    var open = erasures.open();

    erasures.until(Stage.READ_NUMBERS, erasures.erasure(stripe, twilio), open);

    assertThat(state(STRIPE)).isEqualTo(State.FAILED);
    assertThat(request().processors()).as("another said").doesNotContainKey(TWILIO);
    erasures.advance(erasures.erasure(stripe, twilio), open);
    assertThat(waysToSay).as("not at once").hasSize(2);
    erasures.toTheEnd(erasures.erasure(stripe, twilio), open);
    assertThat(stripe.asked).containsExactly(List.of("cus_1"));
    assertErased(person, id, way.words());
    assertThat(says(erasures.receipt(id).signed())).contains("\"STRIPE\":1");
  }

  static Stream<Way> silences() {
    return ways().skip(1);
  }

  private static List<String> says(Way way) {
    return List.of(way.failing().get().toString());
  }

  @Test
  @DisplayName("erase-everywhere: who never says its numbers is somebody's to see to")
  void aProcessorThatNeverSaysItsNumbersIsSomebodysToSeeTo() {
    var stripe =
        new UnreliableProcessor(STRIPE, _ -> List.of(never().toString()), List.of(() -> GONE));
    erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.READ_NUMBERS, erasures.erasure(stripe), open);
    var before = erasures.traces(person.value());
    assertThat(erasures.advance(erasures.erasure(stripe), open).orElseThrow().stuck()).isEmpty();
    var neighbour = erasures.somebody();
    var other = erasures.requests().erase(neighbour);
    erasures.machine.clock().advance(Duration.ofDays(4));

    assertThat(erasures.advance(erasures.erasure(stripe), open).orElseThrow())
        .isEqualTo(new Standing(Stage.READ_NUMBERS, Set.of(STRIPE)));
    assertThat(erasures.traces(person.value()).get(Table.ACTIVITY))
        .isEqualTo(before.get(Table.ACTIVITY));
    var theirs = OpenRequest.all(erasures.backstage.store(), OpenRequest.What.ERASURE).getLast();
    erasures.toTheEnd(erasures.erasure(stripe(() -> GONE)), theirs.ref().sort());
    assertThat(erasures.receipt(other).subject()).as("another person").isEqualTo(neighbour);
  }

  @Test
  @DisplayName("erase-everywhere: by which numbers a processor knows somebody is read in time")
  void readsTheNumbersOfProcessorsBeforeTheRecordsAreDeleted() {
    var store = erasures.backstage.store();
    var identity = DeclaredRecord.ref(Category.IDENTITY, person.value(), "1");
    var google =
        new UnreliableProcessor(
            Processor.GOOGLE,
            _ ->
                store.get(identity, Purpose.RIGHTS).stream()
                    .map(found -> "google-" + found.value().text("googleId"))
                    .toList(),
            List.of(ErasureTest::never, () -> GONE));
    var id = erasures.requests().erase(person);

    erasures.toTheEnd(erasures.erasure(google), erasures.open());

    assertThat(google.asked).hasSize(2).containsOnly(List.of("google-x"));
    assertErased(person, id, "known by a record");
  }

  // ── The receipt ────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("erase-everywhere: the receipt can be checked by anybody, without us")
  void signsAReceiptThatAnybodyCanCheck(@TempDir Path folder) throws Exception {
    var id = erasures.requests().erase(person);
    erasures.toTheEnd(erasures.erasure(), erasures.open());
    var key = Jwk.of(erasures.publicKey()).json();
    var signed = erasures.receipt(id).signed();

    assertThat(verify(folder, signed, key)).startsWith("VALID").contains(id);
    for (var position : List.of(5, signed.indexOf('.') + 30, signed.length() - 9)) {
      var other = signed.charAt(position) == 'A' ? 'B' : 'A';
      var altered = signed.substring(0, position) + other + signed.substring(position + 1);
      assertThat(verify(folder, altered, key))
          .as("altered at %d", position)
          .startsWith("NOT VALID");
    }
  }

  @Test
  @DisplayName("erase-everywhere: a receipt is not valid by the keys of somebody else")
  void isNotValidByTheKeysOfSomebodyElse(@TempDir Path folder) throws Exception {
    var id = erasures.requests().erase(person);
    erasures.toTheEnd(erasures.erasure(), erasures.open());
    var signed = erasures.receipt(id).signed();
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    var others = Jwk.of(generator.generateKeyPair().getPublic().getEncoded()).json();
    var ours = Jwk.of(erasures.publicKey()).json();
    var pretended = new HashMap<String, Object>(others);
    pretended.put("kid", Objects.requireNonNull(ours.get("kid")));

    for (var key : List.of(others, pretended)) {
      assertThat(verify(folder, signed, key)).startsWith("NOT VALID");
    }
    assertThat(verify(folder, signed, others, ours)).as("ours among others").startsWith("VALID");
  }

  private static String verify(Path folder, String signed, Object... published) throws Exception {
    var receipt = folder.resolve("receipt.json");
    var keys = folder.resolve("keys.json");
    Files.writeString(receipt, Json.MAPPER.toJson(Map.of("signed", signed)));
    Files.writeString(keys, Json.MAPPER.toJson(Map.of("keys", List.of(published))));
    return verify(receipt, keys);
  }

  /** By the program that holders are given, in a process of its own. */
  static String verify(Path receipt, Path keys) throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Path.of("privacy-request", "VerifyReceipt.java").toString(),
                receipt.toString(),
                keys.toString())
            .redirectErrorStream(true)
            .start();
    try (var out = process.inputReader()) {
      return out.readAllAsString();
    } finally {
      process.waitFor();
    }
  }

  @Test
  @DisplayName("right-deletion: taken back at the moment that it begins, it is one or the other")
  void isTakenBackOrBegunAndNotBoth() {
    for (var round = 0; round < 8; round++) {
      var somebody = erasures.somebody();
      var id = erasures.requests().erase(somebody);
      var open = erasures.open();
      erasures.until(Stage.WAIT, erasures.erasure(), open);
      erasures.machine.clock().advance(AtErasure.CHANGE_OF_MIND.minusMillis(round % 2));

      SignUpTest.<Object>atOnce(
          List.of(
              () -> erasures.advance(erasures.erasure(), open),
              () -> erasures.requests().takeBack(somebody, id)));

      var request = erasures.requests().all(somebody).getFirst().value();
      if (request.status() == Status.CANCELLED) {
        assertThat(erasures.advance(erasures.erasure(), open)).isEmpty();
        assertThat(erasures.traces(somebody.value()).get(Table.SUBJECTS))
            .filteredOn(item -> text(item, "sk").startsWith("SESSION"))
            .noneMatch(item -> text(item, "leaving").equals(id));
      } else {
        erasures.toTheEnd(erasures.erasure(), open);
        assertErased(somebody, id, "round " + round);
      }
    }
  }

  @Test
  @DisplayName("right-deletion: taken back by many at once, each is told that it is")
  void isTakenBackByManyAtOnce() {
    var id = erasures.requests().erase(person);

    var answers =
        SignUpTest.<TakingBack>atOnce(
            Stream.<Callable<TakingBack>>generate(
                    () -> () -> erasures.requests().takeBack(person, id))
                .limit(4)
                .toList());

    assertThat(answers).containsOnly(TakingBack.TAKEN_BACK);
  }

  // ── A restored copy ────────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "account-30d: a copy made at {0} is put back while backups run out")
  @EnumSource(names = {"LOCK", "WAIT", "TELL", "CONFIRM"})
  void aCopyThatIsPutBackMeanwhileIsErasedAgain(Stage stage) {
    var until = erasures.machine.clock().instant().plus(Duration.ofDays(120));
    var stripe = stripe(() -> new Answer.Scheduled("payments", until));
    var never = stripe(ErasureTest::never);
    var keys = erasures.backstage.raw(Table.SUBJECT_KEYS);
    var before = erasures.backstage.raw(Table.SUBJECTS);
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    if (stage != Stage.LOCK) {
      erasures.until(stage, erasures.erasure(stage == Stage.CONFIRM ? never : stripe), open);
      before = erasures.backstage.raw(Table.SUBJECTS);
    }
    erasures.until(Stage.OUTLIVE_BACKUPS, erasures.erasure(stripe), open);
    // What came after the copy is missing then: at first, the request itself.
    erasures.backstage.delete(Table.SUBJECTS, person.value());

    erasures.backstage.put(Table.SUBJECTS, before);
    if (stage == Stage.WAIT) {
      erasures.backstage.put(Table.SUBJECT_KEYS, keys);
    }

    erasures.toTheEnd(erasures.erasure(stripe), open);
    assertErased(person, id, "put back from " + stage);
    assertThat(stripe.asked).as("by numbers that nothing opens any more").hasSize(1);
    assertThat(says(erasures.receipt(id).signed())).contains("payments", until.toString());
  }

  @Test
  @DisplayName("account-30d: a copy that is put back opens nothing, and is erased again")
  void aCopyThatIsPutBackOpensNothingAndIsErasedAgain() {
    var neighbour = erasures.somebody();
    var copy = erasures.backstage.raw(Table.SUBJECTS);
    erasures.requests().erase(person);
    erasures.toTheEnd(erasures.erasure(), erasures.open());
    var theirs = erasures.traces(neighbour.value());

    erasures.backstage.put(Table.SUBJECTS, copy);

    var back = erasures.traces(person.value()).get(Table.SUBJECTS);
    assertThat(back).hasSizeGreaterThan(10);
    assertThat(erasures.traces(person.value())).doesNotContainKey(Table.SUBJECT_KEYS);
    assertThat(
            erasures.backstage.isReadable(
                DeclaredRecord.ref(Category.ACCOUNT, person.value(), "1")))
        .isFalse();
    assertThat(replay(Replay.NEWEST, () -> true)).isEqualTo(new Progress(1, OptionalLong.empty()));
    assertThat(erasures.traces(person.value()).keySet()).containsExactly(Table.AUDIT);
    assertThat(erasures.traces(neighbour.value())).isEqualTo(theirs);
    assertThat(replay(Replay.NEWEST, () -> true)).isEqualTo(new Progress(0, OptionalLong.empty()));
  }

  @Test
  @DisplayName("account-30d: where a replay has no more time, the next goes on")
  void aReplayGoesOnWhereItHadNoMoreTime() {
    var second = erasures.somebody();
    var newest = erasures.somebody();
    var copy = erasures.backstage.raw(Table.SUBJECTS);
    for (var each : List.of(person, second, newest)) {
      erase(each);
    }
    erasures.backstage.put(Table.SUBJECTS, copy);

    // Time for the newest's three tables, and for one of another's.
    var pages = new AtomicInteger();
    var stopped = replay(Replay.NEWEST, () -> pages.getAndIncrement() < 4);

    assertThat(stopped).isEqualTo(new Progress(2, OptionalLong.of(3)));
    assertThat(isBack(newest)).isFalse();
    assertThat(isBack(person)).as("the oldest").isTrue();
    erasures.backstage.put(Table.SUBJECTS, copy);
    assertThat(replay(stopped.before().orElseThrow(), () -> true))
        .isEqualTo(new Progress(2, OptionalLong.empty()));
    assertThat(isBack(second)).isFalse();
    assertThat(isBack(person)).isFalse();
    assertThat(isBack(newest)).as("it went on, and did not begin anew").isTrue();
  }

  @Test
  @DisplayName("account-30d: a replay reaches the oldest of more receipts than it reads at once")
  void aReplayReachesTheOldestOfManyReceipts() {
    var copy = erasures.backstage.raw(Table.SUBJECTS);
    erase(person);
    var row =
        erasures.traces(person.value()).getOrDefault(Table.AUDIT, List.of()).stream()
            .filter(item -> text(item, "pk").startsWith("chain#"))
            .findFirst()
            .orElseThrow();
    for (var sequence = 2; sequence <= 60; sequence++) {
      var another = new HashMap<>(row);
      another.put("sk", AttributeValue.fromS(Chains.sort(sequence)));
      another.put("subject", AttributeValue.fromS(SubjectId.random().value()));
      erasures.backstage.put(Table.AUDIT, List.of(another));
    }
    erasures.backstage.put(Table.SUBJECTS, copy);

    assertThat(replay(Replay.NEWEST, () -> true)).isEqualTo(new Progress(1, OptionalLong.empty()));
    assertThat(isBack(person)).isFalse();
  }

  @ParameterizedTest(name = "account-30d: dying {0} any write, a replay is done again")
  @ValueSource(strings = {"before", "after"})
  void aReplayComesToTheSameEndWhereverItDies(String when) {
    var copy = erasures.backstage.raw(Table.SUBJECTS);
    erase(person);
    var faults = erasures.machine.dynamo();
    var died = 0;
    for (var write = 1; died == write - 1; write++) {
      erasures.backstage.put(Table.SUBJECTS, copy);
      if (when.equals("before")) {
        faults.dieBeforeWrite(write);
      } else {
        faults.dieAfterWrite(write);
      }
      try {
        replay(Replay.NEWEST, () -> true);
      } catch (UnavailableException e) {
        died++;
        faults.reset();
        replay(Replay.NEWEST, () -> true);
      }
      faults.reset();
      assertThat(erasures.traces(person.value()).keySet())
          .as("died %s write %d", when, write)
          .containsExactly(Table.AUDIT);
    }
    assertThat(died).as("writes to die at: the key, what leads there, the records").isEqualTo(3);
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private void erase(SubjectId somebody) {
    erasures.requests().erase(somebody);
    erasures.toTheEnd(erasures.erasure(), erasures.open());
  }

  private boolean isBack(SubjectId somebody) {
    return erasures.traces(somebody.value()).containsKey(Table.SUBJECTS);
  }

  private Progress replay(long before, BooleanSupplier mayGoOn) {
    return new Replay(erasures.backstage.backend(), erasures.machine.clock())
        .eraseAgain(before, mayGoOn);
  }

  private void assertErased(SubjectId somebody, String id, String how) {
    assertThat(erasures.traces(somebody.value()).keySet()).as(how).containsExactly(Table.AUDIT);
    assertThat(erasures.receipt(id).subject()).isEqualTo(somebody);
    assertThat(erasures.traces("open-requests")).as(how).isEmpty();
  }

  /** What a receipt says was done, but for when. */
  private String stages(String id) {
    return says(erasures.receipt(id).signed())
        .replaceAll(".*\"stages\":|,\"processors\".*", "")
        .replaceAll("\"at\":\"[^\"]*\"", "");
  }

  private PrivacyRequest request() {
    return erasures.requests().all(person).stream().map(Found::value).findFirst().orElseThrow();
  }

  private State state(Processor processor) {
    return Objects.requireNonNull(request().processors().get(processor)).state();
  }

  private static UnreliableProcessor stripe(Supplier<Answer> answer) {
    return new UnreliableProcessor(STRIPE, List.of("cus_1"), List.of(answer));
  }

  private static Answer never() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return GONE;
  }

  /** The JSON that was signed. */
  static String says(String signed) {
    return new String(
        Base64.getUrlDecoder().decode(signed.split("\\.", -1)[1]), StandardCharsets.UTF_8);
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return Optional.ofNullable(item.get(name)).map(AttributeValue::s).orElse("");
  }
}
