package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pledge.policy.Processor.STRIPE;
import static pledge.policy.Processor.TWILIO;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.functions.UnreliableProcessor.Copier;
import pledge.policy.Category;
import pledge.policy.OwnerPath;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.ExportFile;
import pledge.privacy.MailedRequests;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest.Status;
import pledge.processor.Custodian.Handover;
import pledge.records.DeclaredRecord;
import pledge.store.Files;
import pledge.store.Found;
import pledge.subject.Link;
import pledge.vault.DoesNotOpenException;
import pledge.vault.Environment;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Copies that people ask for: all that is held of them, nothing of others, whatever goes wrong. */
class ExportTest {
  private static final String BUCKET = "ExportsBucket";
  private static final Handover ALL = new Handover.HandedOver();

  private final Erasures people = new Erasures();
  private final SubjectId person = people.somebody();

  @BeforeEach
  void account() {
    people.account(person);
  }

  @AfterEach
  void close() {
    people.close();
  }

  @Test
  @DisplayName("right-access, right-portability: every category with data is in the copy")
  void everyCategoryWithDataIsInIt() {
    people.account(people.somebody());
    var pseudonym = "x"; // what the subscription says of it
    var now = people.machine.clock().instant();
    people
        .backstage
        .store()
        .insert(
            DeclaredRecord.ref(Category.BILLING_RECORD, pseudonym, "in_1"),
            DeclaredRecord.fields(Category.BILLING_RECORD, "an invoice", now),
            Instant.MAX);
    put(Category.TEXT_MESSAGE, "SM1", "a message");
    var twilio =
        new UnreliableProcessor(TWILIO, List.of(), List.of()).handingOver(List.of(_ -> ALL));
    put(Category.STAFF_ACCESS, "1", "a look");

    var zip = export(twilio);

    zip.assertValid();
    assertThat(twilio.asked).containsExactly(List.of("SM1"));
    for (var category : Category.values()) {
      if (category.personal()
          && category.whyNotExported().isEmpty()
          && category != Category.ERASURE_RECEIPT) {
        assertThat(zip.records(category)).as(category.name()).isNotEmpty();
        assertThat(zip.lines(category))
            .as(category.name())
            .hasSize(zip.records(category).size() + 1);
        assertThat(zip.file("index.html")).contains("data/" + PersonalZip.name(category) + ".csv");
        for (var field : category.fields()) {
          assertThat(zip.lines(category).getFirst().contains(field.name()))
              .as(category + "." + field.name())
              .isEqualTo(!field.secret());
        }
      } else {
        assertThat(zip.files()).doesNotContainKey("data/" + PersonalZip.name(category) + ".json");
      }
    }
    assertThat(zip.records(Category.BILLING_RECORD).get(0).path("invoice").asText())
        .isEqualTo("an invoice");
  }

  @Test
  @DisplayName(
      "right-access: whatever lies in a person's partitions is in the copy, or says why not")
  void nothingInThePartitionsIsLeftOut() {
    var sorts =
        Stream.of(Table.SUBJECTS, Table.ACTIVITY, Table.USAGE)
            .flatMap(table -> people.backstage.raw(table).stream())
            .filter(item -> text(item, "pk").equals(person.value()))
            .map(item -> text(item, "sk").split("#", 2))
            // A copy is in no copy.
            .filter(sort -> sort.length > 1 && !sort[0].equals("FILE"))
            .toList();

    var zip = export();

    assertThat(sorts).hasSizeGreaterThan(15);
    var text = String.join("\n", zip.files().values());
    for (var sort : sorts) {
      assertThat(text).as(sort[0]).contains("\"id\":\"" + id(sort[1]) + "\"");
    }
  }

  /** An outbox's records have a second word before their id. */
  private static String id(String rest) {
    return rest.startsWith("NOTICE#") ? rest.substring("NOTICE#".length()) : rest;
  }

  @Test
  @DisplayName("hashed-secrets: nothing that opens something is in a copy")
  void noSecretIsInIt() {
    for (var category : Category.values()) {
      for (var field : category.fields()) {
        if (field.secret() && isOwn(category)) {
          put(category, "marked", "secret-mark");
        }
      }
    }
    var marked =
        Stream.of(Category.values())
            .filter(ExportTest::isOwn)
            .filter(category -> category.fields().stream().anyMatch(field -> field.secret()))
            .toList();

    var zip = export();

    assertThat(marked).isNotEmpty();
    for (var category : marked) {
      for (var record : zip.records(category)) {
        for (var field : category.fields()) {
          assertThat(record.has(field.name()) && field.secret())
              .as("%s.%s", category, field.name())
              .isFalse();
        }
      }
    }
  }

  @Test
  @DisplayName("purpose-limits: what is in a copy is kept for people's rights, too")
  void everyCategoryInItIsKeptForPeoplesRights() {
    for (var category : Category.values()) {
      if (category.personal() && category.whyNotExported().isEmpty()) {
        assertThat(category.purposes()).as(category.name()).contains(Purpose.RIGHTS);
      }
    }
  }

  @Test
  @DisplayName("content-24h, right-access: what is expired is in no copy")
  void nothingExpiredIsInIt() {
    put(Category.REQUEST_CONTENT, "prompt", "a prompt");
    people.machine.clock().advance(Duration.ofHours(24));

    assertThat(export().records(Category.REQUEST_CONTENT)).isEmpty();
  }

  @Test
  void calculatesNothingInASpreadsheet() {
    put(Category.ORGANISATION, "2", "=HYPERLINK(\"https://evil.example\";\"x\")");

    var zip = export();

    assertThat(zip.lines(Category.ORGANISATION)).anyMatch(line -> line.contains("'=HYPERLINK"));
    assertThat(zip.records(Category.ORGANISATION).findValuesAsText("name"))
        .anyMatch(name -> name.startsWith("=H"));
  }

  // ── Dying, and twice at once ───────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "right-access: dying {0} any write, it comes to one whole copy")
  @ValueSource(strings = {"before", "after"})
  void comesToOneCopyWhereverItDies(String when) {
    var died = 0;
    for (var write = 1; died == write - 1; write++) {
      var somebody = people.somebody();
      people.account(somebody);
      var id = people.requests().export(somebody);
      var open = people.open(What.EXPORT);
      var faults = people.machine.dynamo();
      faults.reset();
      if (when.equals("before")) {
        faults.dieBeforeWrite(write);
      } else {
        faults.dieAfterWrite(write);
      }
      while (isOpen()) {
        try {
          people.exports().advance(open);
        } catch (UnavailableException e) {
          died++;
          faults.reset();
        }
      }
      faults.reset();
      assertCopied(somebody, id, "died " + when + " write " + write);
    }
    assertThat(died).as("writes to die at").isGreaterThanOrEqualTo(2);
  }

  @Test
  @DisplayName("right-access: a bucket that does not answer costs a try, not the copy")
  void isTriedAgainWhereTheBucketDoesNotAnswer() {
    var id = people.requests().export(person);
    people.machine.buckets().failNext(10);
    assertThatThrownBy(() -> people.exports().advance(people.open(What.EXPORT)))
        .isInstanceOf(UnavailableException.class);
    people.machine.buckets().failNext(0);

    people.exports().advance(people.open(What.EXPORT));

    assertCopied(person, id, "after a bucket that did not answer");
  }

  @Test
  void comesToOneCopyWhereManyMakeItAtOnce() {
    var id = people.requests().export(person);
    var open = people.open(What.EXPORT);

    SignUpTest.<Boolean>atOnce(
        Stream.<Callable<Boolean>>generate(() -> () -> people.exports().advance(open).isEmpty())
            .limit(3)
            .toList());

    assertCopied(person, id, "many at once");
    assertThat(people.machine.buckets().objects(BUCKET)).as("one file").hasSize(1);
    assertThat(notices()).as("told once").isEqualTo(1);
  }

  @Test
  void isAskedForOnceHoweverOftenAtOnce() {
    var ids =
        SignUpTest.<String>atOnce(
            Stream.<Callable<String>>generate(() -> () -> people.requests().export(person))
                .limit(4)
                .toList());

    assertThat(ids).containsOnly(ids.getFirst());
    assertThat(people.open(What.EXPORT)).contains(ids.getFirst());
  }

  @Test
  @DisplayName("right-access: once an erasure deletes, no copy is promised any more, or made")
  void nothingIsCopiedThatIsBeingDeleted() {
    var done = people.requests().export(person);
    people.exports().advance(people.open(What.EXPORT));
    var asked = people.requests().export(person);
    var open = people.open(What.EXPORT);
    people.requests().erase(person);
    people.until(Stage.WAIT, people.erasure(), people.open(What.ERASURE));
    assertThat(people.requests().isTooLate(person)).as("for 14 days it can be").isFalse();
    assertThat(shown(done)).isPresent();

    people.until(Stage.TELL, people.erasure(), people.open(What.ERASURE));
    people.exports().advance(open);

    assertThat(people.requests().isTooLate(person)).isTrue();
    assertThat(shown(done)).isEmpty();
    assertThat(shown(asked)).isEmpty();
    assertThat(notices()).as("of the first").isEqualTo(1);
  }

  @Test
  @DisplayName("right-access: until an erasure begins a copy is promised, by button or mail")
  void isPromisedToTheLastMoment() {
    people.requests().erase(person);
    var begins = people.requests().all(person).getFirst().value().startsAt();
    people.machine.clock().set(begins.minusMillis(1));
    var before = link();
    var at = link();

    assertThat(people.requests().isTooLate(person)).isFalse();
    assertThat(confirm(before)).isTrue();

    people.machine.clock().set(begins);
    assertThat(people.requests().isTooLate(person)).as("though nothing ran yet").isTrue();
    assertThat(confirm(at)).isFalse();
  }

  private Token link() {
    var token = Token.random(person);
    var now = people.machine.clock().instant();
    var link = Link.confirming(Link.Purpose.EXPORT, token, now);
    people.backstage.store().insert(Link.ref(token), link, now.plus(Duration.ofDays(1)));
    return token;
  }

  private boolean confirm(Token token) {
    return new MailedRequests(people.backstage.backend(), people.machine.clock())
        .confirm(Link.Purpose.EXPORT, token);
  }

  private Optional<Found<ExportFile>> shown(String id) {
    return people.requests().copy(person, people.requests().find(person, id).orElseThrow());
  }

  @Test
  void anotherCanBeAskedForOnceItIsThere() {
    var id = people.requests().export(person);
    people.exports().advance(people.open(What.EXPORT));

    assertThat(people.requests().export(person)).isNotEqualTo(id);
  }

  @Test
  @DisplayName("rights-deadline: a request that a restore took away is made anew")
  void beginsAnewWhereItsRequestIsMissing() {
    var id = people.requests().export(person);
    var open = people.open(What.EXPORT);
    people.backstage.store().delete(people.requests().find(person, id).orElseThrow().ref());

    people.exports().advance(open);

    assertCopied(person, id, "restored");
  }

  @Test
  @DisplayName("erase-everywhere: no copy is made of somebody who is erased")
  void makesNoCopyOfWhoIsErased() {
    people.requests().export(person);
    var open = people.open(What.EXPORT);
    people.requests().erase(person);
    people.toTheEnd(people.erasure(), people.open());

    people.exports().advance(open);

    assertThat(isOpen()).isFalse();
    assertThat(people.machine.buckets().objects(BUCKET)).isEmpty();
    assertThat(people.traces(person.value()).keySet()).containsExactly(Table.AUDIT);
  }

  @Test
  @DisplayName("encrypted-at-rest: a part that was altered, moved or is another's does not open")
  void aPartThatWasAlteredDoesNotOpen() {
    people.requests().export(person);
    people.exports().advance(people.open(What.EXPORT));
    var mine = copy(person);
    var key = people.machine.buckets().objects(BUCKET).firstKey();
    var bytes = people.machine.buckets().read(BUCKET, key).orElseThrow();

    assertThatThrownBy(() -> ExportFile.open(mine, SubjectId.random(), 1, files()))
        .isInstanceOf(DoesNotOpenException.class);
    people.machine.buckets().write(BUCKET, key.replaceAll("1$", "2"), bytes);
    assertThatThrownBy(() -> ExportFile.open(mine, person, 2, files()))
        .isInstanceOf(DoesNotOpenException.class);
    bytes[bytes.length / 2] ^= 1;
    people.machine.buckets().write(BUCKET, key, bytes);
    assertThatThrownBy(() -> ExportFile.open(mine, person, 1, files()))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  @DisplayName("right-access: a file that an erasure had deleted is not there, and no failure")
  void aFileThatIsDeletedBeforeItsRecordIsNotThere() {
    people.requests().export(person);
    people.exports().advance(people.open(What.EXPORT));
    people.machine.buckets().delete(BUCKET, people.machine.buckets().objects(BUCKET).firstKey());

    assertThat(ExportFile.open(copy(person), person, 1, files())).isEmpty();
  }

  // ── Processors ─────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("right-access, processors: what processors hold is in the copy")
  void hasWhatProcessorsHold() {
    var stripe =
        new UnreliableProcessor(STRIPE, List.of("cus_1"), List.of())
            .handingOver(
                List.of(
                    into -> {
                      into.begin("customer.json")
                          .write("{\"card\":\"at Stripe\"}".getBytes(StandardCharsets.UTF_8));
                      into.begin("invoice-1.pdf").write(new byte[] {37, 80, 68, 70});
                      return ALL;
                    }));

    var zip = export(stripe);

    assertThat(zip.file("processors/stripe/customer.json")).isEqualTo("{\"card\":\"at Stripe\"}");
    assertThat(zip.file("index.html"))
        .contains("What Stripe holds", "processors/stripe/invoice-1.pdf");
    assertThat(stripe.asked).containsExactly(List.of("cus_1"));
  }

  @Test
  @DisplayName("right-access: a copy of more than one part is one file, put together")
  void aCopyOfManyPartsIsOneFile() {
    var noise = new byte[9 * 1024 * 1024];
    new Random(42).nextBytes(noise);
    var stripe =
        new UnreliableProcessor(STRIPE, List.of("cus_1"), List.of())
            .handingOver(
                List.of(
                    into -> {
                      into.begin("noise.bin").write(noise);
                      return ALL;
                    }));
    people.requests().export(person);

    people.exports(Duration.ofMinutes(1), stripe).advance(people.open(What.EXPORT));

    assertThat(copy(person).value().ready().orElseThrow().parts()).isEqualTo(3);
    assertThat(people.machine.buckets().objects(BUCKET)).hasSize(3);
    var bytes = bytes(person);
    assertThat(PersonalZip.of(bytes).file("processors/stripe/noise.bin"))
        .isEqualTo(new String(noise, StandardCharsets.UTF_8));
    assertThat(bytes).hasSize((int) copy(person).value().ready().orElseThrow().size());
  }

  /** A way not to hand over. */
  record Way(String words, Copier failing) {
    @Override
    public String toString() {
      return words;
    }
  }

  static Stream<Way> ways() {
    return Stream.of(
        new Way("refuses", _ -> new Handover.Refused("a dispute")),
        new Way(
            "cannot be reached",
            _ -> {
              throw new UnavailableException("Stripe", new IOException());
            }),
        new Way(
            "breaks off in the midst of a document",
            into -> {
              into.begin("half.json").write('[');
              throw new IOException("reset");
            }),
        new Way(
            "names a document so that it would lie elsewhere",
            into -> {
              into.begin("../../data/account.json");
              return ALL;
            }),
        new Way(
            "never answers",
            _ -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return ALL;
            }));
  }

  @ParameterizedTest(name = "right-access: a processor that {0} is asked again, and not skipped")
  @MethodSource("ways")
  void aProcessorIsAskedUntilItHandsOver(Way way) {
    var stripe =
        new UnreliableProcessor(STRIPE, List.of("cus_1"), List.of())
            .handingOver(
                List.of(
                    way.failing(),
                    way.failing(),
                    into -> {
                      into.begin("all.json").write('1');
                      return ALL;
                    }));
    var id = people.requests().export(person);
    var open = people.open(What.EXPORT);

    people.exports(stripe).advance(open);

    assertThat(people.requests().copy(person, id)).as("no copy without it").isEmpty();
    assertThat(people.machine.buckets().objects(BUCKET)).as("nothing of the try is left").isEmpty();
    people.exports(stripe).advance(open);
    assertThat(stripe.asked).as("not at once").hasSize(1);
    for (var time = 0; time < 2; time++) {
      people.machine.clock().advance(Duration.ofDays(1));
      people.exports(stripe).advance(open);
    }
    assertThat(stripe.asked).hasSize(3);
    assertCopied(person, id, way.words());
    var zip = PersonalZip.of(bytes(person));
    assertThat(zip.files()).doesNotContainKey("processors/stripe/half.json");
    assertThat(zip.file("processors/stripe/all.json")).isEqualTo("1");
  }

  @Test
  @DisplayName("rights-deadline: a processor that hands over nothing for three days is staff's")
  void aStuckProcessorIsSaidToStaff() {
    var stripe =
        new UnreliableProcessor(STRIPE, List.of("cus_1"), List.of())
            .handingOver(
                List.of(
                    _ -> {
                      throw new UnavailableException("Stripe", new IOException());
                    }));
    people.requests().export(person);
    var open = people.open(What.EXPORT);
    assertThat(people.exports(stripe).advance(open)).isEmpty();
    people.machine.clock().advance(Duration.ofDays(3));

    assertThat(people.exports(stripe).advance(open)).containsExactly(STRIPE);
  }

  @Test
  @DisplayName("right-access: a copy waits for a processor that does not say its numbers")
  void waitsForAProcessorThatDoesNotSayItsNumbers() {
    var ways = new ArrayDeque<List<String>>(List.of(List.of("busy"), List.of("busy"), List.of()));
    var stripe =
        new UnreliableProcessor(
            STRIPE,
            _ -> {
              var numbers = ways.removeFirst();
              if (!numbers.isEmpty()) {
                throw new UnavailableException("Stripe", new IOException());
              }
              return numbers;
            },
            List.of());
    var id = people.requests().export(person);
    var open = people.open(What.EXPORT);

    assertThat(people.exports(stripe).advance(open)).isEmpty();
    people.exports(stripe).advance(open);
    assertThat(ways).as("not at once").hasSize(2);
    people.machine.clock().advance(Duration.ofDays(3));
    assertThat(people.exports(stripe).advance(open)).containsExactly(STRIPE);
    people.machine.clock().advance(Duration.ofDays(1));

    people.exports(stripe).advance(open);

    assertThat(stripe.asked).as("it knows nothing of the person").isEmpty();
    assertCopied(person, id, "said at last");
  }

  private PersonalZip export(UnreliableProcessor... processors) {
    people.requests().export(person);
    people.exports(Duration.ofMinutes(1), processors).advance(people.open(What.EXPORT));
    return PersonalZip.of(bytes(person));
  }

  private void put(Category category, String id, String text) {
    var fields = DeclaredRecord.fields(category, text, people.machine.clock().instant());
    people
        .backstage
        .store()
        .insert(DeclaredRecord.ref(category, person.value(), id), fields, Instant.MAX);
  }

  private static boolean isOwn(Category category) {
    return category.ownerPath() instanceof OwnerPath.Partition
        && category.whyNotExported().isEmpty()
        && category != Category.PRIVACY_REQUEST;
  }

  private boolean isOpen() {
    return !OpenRequest.all(people.backstage.store(), What.EXPORT).isEmpty();
  }

  private void assertCopied(SubjectId who, String id, String when) {
    var request = people.requests().find(who, id).orElseThrow().value();
    assertThat(request.status()).as(when).isEqualTo(Status.COMPLETED);
    assertThat(isOpen()).as(when).isFalse();
    assertThat(PersonalZip.of(bytes(who)).records(Category.ACCOUNT)).as(when).isNotEmpty();
  }

  private byte[] bytes(SubjectId who) {
    return people.copied(who);
  }

  private pledge.store.Found<ExportFile> copy(SubjectId who) {
    return people.copy(who);
  }

  private Files files() {
    return Files.of(
        new Environment(people.machine.environment("ExportFunction"), people.machine.clock()),
        "EXPORTS_BUCKET");
  }

  private long notices() {
    return people.backstage.raw(Table.SUBJECTS).stream()
        .filter(item -> text(item, "sk").startsWith("OUTBOX#NOTICE#COPY#"))
        .count();
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return item.getOrDefault(name, AttributeValue.fromS("")).s();
  }
}
