package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pledge.AtOnce;
import pledge.Seeds;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Epoch;
import pledge.policy.Field;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.vault.DoesNotOpenException;
import pledge.vault.EpochId;
import pledge.vault.UnavailableException;
import pledge.vault.Vault;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class StoreTest {
  private static final String MARK = "a-mark-that-is-found-again";

  private final Vault vault = TestMachine.vault();
  private final Store store = TestMachine.backend(vault).store();
  private final String subject = TestMachine.subject(vault).value();

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatItWrote(Category category) {
    Seeds.both()
        .forEach(
            seed -> {
              var fields = Kinds.random(new SplittableRandom(seed), category);
              var ref = Kinds.of(category).in(subject, Long.toString(seed));
              store.insert(ref, fields, Instant.MAX);

              assertThat(store.get(ref, purpose(category)))
                  .as("seed %d", seed)
                  .hasValueSatisfying(
                      found -> {
                        assertThat(found.value()).isEqualTo(fields);
                        assertThat(found.createdAt()).isEqualTo(TestMachine.clock().instant());
                      });
            });
  }

  @Test
  void findsEveryTypeOfFieldDeclaredBothSealedAndClear() {
    var declared = new HashSet<Map.Entry<Field.Type, Field.Protection>>();
    for (var category : Category.values()) {
      category.fields().forEach(field -> declared.add(Map.entry(field.type(), field.protection())));
    }

    assertThat(declared)
        .as("what readsWhatItWrote covers")
        .hasSize(Field.Type.values().length * Field.Protection.values().length);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("encrypted-at-rest: no sealed value is in an item, and every clear one is")
  void sealsWhatIsDeclaredSealed(Category category) {
    var ref = Kinds.of(category).in(subject);
    store.insert(ref, Kinds.marked(MARK, category), Instant.MAX);
    var item = new HashMap<>(raw(ref));

    for (var field : category.fields()) {
      var attribute = item.remove(field.name());
      switch (field.protection()) {
        case SEALED -> assertThat(attribute).as("%s", field.name()).isNull();
        case CLEAR -> assertThat(attribute).as("%s", field.name()).isNotNull();
      }
    }
    assertThat(text(item)).doesNotContain(MARK);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("purpose-limits: nothing is read for a purpose that its category does not list")
  void refusesUnlistedPurposes(Category category) {
    var ref = Kinds.of(category).in(subject);
    for (var purpose : Purpose.values()) {
      if (!category.purposes().contains(purpose)) {
        for (var read : reads(ref, purpose)) {
          assertThat(catchThrowable(read::run))
              .as("%s for %s", category, purpose)
              .isInstanceOf(PurposeRefusedException.class);
        }
      }
    }
    assertThat(TestMachine.machine().dynamo().operations()).as("asked of the tables").isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("purpose-limits: what its category lists, a record is read for")
  void readsForListedPurposes(Category category) {
    var ref = Kinds.of(category).in(subject);
    for (var purpose : category.purposes()) {
      for (var read : reads(ref, purpose)) {
        assertThat(catchThrowable(read::run)).as("%s for %s", category, purpose).isNull();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("no-training: nothing is read to train models")
  void readsNothingForTraining(Category category) {
    assertThatThrownBy(() -> store.get(Kinds.of(category).in(subject), Purpose.TRAINING))
        .isInstanceOf(PurposeRefusedException.class);
  }

  @Test
  void readsClearFieldsWithoutAnyKey() {
    var ref = Kinds.of(Category.SESSION).in(subject, "1");
    store.insert(ref, Kinds.session(TestMachine.clock().instant()), Instant.MAX);
    var elsewhere = TestMachine.backend().store();
    TestMachine.reset();
    var found = elsewhere.getClear(ref, Purpose.AUTHENTICATION).orElseThrow();

    assertThat(found.value().optionalInstant("seenAt")).isPresent();
    assertThat(found.value().optionalText("address")).isEmpty();
    assertThat(TestMachine.machine().kms().calls()).isEmpty();
    assertThat(TestMachine.machine().dynamo().operations()).containsExactly("GetItem");
  }

  @Test
  void refusesAFieldThatIsNotDeclared() {
    assertThatThrownBy(() -> new Fields(Category.ACCOUNT).text("shoeSize", "42"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAValueOfAnotherTypeThanDeclared() {
    assertThatThrownBy(() -> new Fields(Category.ACCOUNT).number("name", 42))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesFieldsOfAnotherCategory() {
    var ref = Kinds.of(Category.ACCOUNT).in(subject);

    assertThatThrownBy(() -> store.insert(ref, new Fields(Category.PHONE), Instant.MAX))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(raw(ref)).isEmpty();
  }

  @Test
  void doesNotShowValuesWhenFieldsArePrinted() {
    assertThat(new Fields(Category.ACCOUNT).text("name", MARK).toString()).doesNotContain(MARK);
  }

  @Test
  @DisplayName("isolation: a record that was moved to another subject does not open")
  void doesNotOpenARecordMovedToAnotherSubject() {
    var other = TestMachine.subject(vault).value();
    var ref = notice(subject, "1");
    store.insert(ref, Kinds.notice(MARK), Instant.MAX);
    tamper(ref, "pk", value -> AttributeValue.fromS(other));

    assertThatThrownBy(() -> store.get(notice(other, "1"), Purpose.RIGHTS))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  void doesNotOpenARecordMovedWithinItsSubject() {
    var ref = notice(subject, "1");
    store.insert(ref, Kinds.notice(MARK), Instant.MAX);
    tamper(ref, "sk", value -> AttributeValue.fromS("TEST#2"));

    assertThatThrownBy(() -> store.get(notice(subject, "2"), Purpose.RIGHTS))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  void doesNotOpenARecordOfAnotherSchemaVersion() {
    var ref = notice(subject, "1");
    store.insert(ref, Kinds.notice(MARK), Instant.MAX);
    var next = Kinds.of(Category.NOTICE, 2).in(subject, "1");

    assertThatThrownBy(() -> store.get(next, Purpose.RIGHTS))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  void doesNotOpenARecordThatClaimsAnotherDay() {
    var log = Kinds.of(Category.SERVER_LOG).in(subject, "1");
    store.insert(log, Kinds.marked(MARK, Category.SERVER_LOG), Instant.MAX);
    var before = TestMachine.clock().instant().minus(Duration.ofDays(1));
    vault.seal(
        new pledge.vault.SealingKey.OfEpoch(EpochId.of(RetentionPeriod.DAYS_30, before)),
        log.place(1),
        new byte[0]);
    tamper(log, "_at", value -> ItemCodec.number(before.toEpochMilli()));

    assertThatThrownBy(() -> store.get(log, Purpose.SECURITY))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @Test
  @DisplayName("account-30d: what is sealed for a subject is absent once its key is destroyed")
  void findsNothingOnceTheKeyIsDestroyed() {
    var ref = notice(subject, "1");
    store.insert(ref, Kinds.notice(MARK), Instant.MAX);
    vault.destroySubjectKey(new pledge.vault.SubjectId(subject));

    assertThat(store.get(ref, Purpose.RIGHTS)).isEmpty();
    assertThat(store.all(ref.kind(), subject, Purpose.RIGHTS)).isEmpty();
  }

  /** What lies there is counted by a later version of the code too, to which a field is strange. */
  @Test
  void tellsWhetherARecordOpensWithoutReadingIt() {
    var kind =
        new Kind<Fields>(
            Category.NOTICE,
            "TEST",
            1,
            Function.identity(),
            fields -> {
              throw new AssertionError("read");
            });
    store.insert(kind.in(subject, "1"), Kinds.notice(MARK), Instant.MAX);
    store.insert(kind.in(subject, "2"), Kinds.notice(MARK), Instant.EPOCH);
    var kinds = Map.of(kind, Purpose.RIGHTS);

    assertThat(store.remains(Table.SUBJECTS, subject, kinds))
        .extracting(Remain::readable)
        .containsExactly(true, false);

    vault.destroySubjectKey(new pledge.vault.SubjectId(subject));
    assertThat(store.remains(Table.SUBJECTS, subject, kinds))
        .extracting(Remain::readable)
        .containsExactly(false, false);
  }

  @Test
  @DisplayName("server-logs: a visit of nobody we know is sealed under its day's key alone")
  void sealsWhatBelongsToNobodyUnderTheEpochsKey() {
    var ref = Kinds.of(Category.SERVER_LOG).in(Store.NOBODY, MARK);
    store.insert(ref, Kinds.marked("visit", Category.SERVER_LOG), Instant.MAX);
    assertThat(store.get(ref, Purpose.SECURITY)).isPresent();
    vault.destroyEpochKey(EpochId.of(RetentionPeriod.DAYS_30, TestMachine.clock().instant()));

    assertThat(store.get(ref, Purpose.SECURITY)).isEmpty();
  }

  @Test
  void readsAKindPageByPageFromItsLast() {
    var kind = Kinds.of(Category.NOTICE);
    for (var i = 0; i < 5; i++) {
      store.insert(kind.in(subject, "" + i), Kinds.notice("" + i), Instant.MAX);
    }
    store.insert(kind.in(subject), Kinds.notice("single"), Instant.MAX);
    var neighbour = new Kind<>(Category.NOTICE, "TESTS", 1, kind.write(), kind.read());
    store.insert(neighbour.in(subject, "9"), Kinds.notice("of another kind"), Instant.MAX);
    var expired = TestMachine.clock().instant().plusSeconds(1);
    store.insert(kind.in(subject, "3x"), Kinds.notice("expired"), expired);
    TestMachine.clock().advance(Duration.ofSeconds(1));

    var first = store.page(kind, subject, "", 3, Purpose.SERVICE_MESSAGES);
    var second = store.page(kind, subject, first.next(), 3, Purpose.SERVICE_MESSAGES);
    var third = store.page(kind, subject, second.next(), 3, Purpose.SERVICE_MESSAGES);

    assertThat(values(first)).containsExactly("4", "3");
    assertThat(values(second)).containsExactly("2", "1", "0");
    assertThat(values(third)).containsExactly("single");
    assertThat(third.next()).isEmpty();
    assertThat(catchThrowable(() -> store.page(kind, subject, "", 3, Purpose.MARKETING)))
        .isInstanceOf(PurposeRefusedException.class);
  }

  private static List<String> values(Store.Page<Fields> page) {
    return page.records().stream().map(found -> found.value().text("values")).toList();
  }

  @Test
  void showsAllButWhatIsShownToNobody() {
    var fields = Kinds.marked(MARK, Category.ACCOUNT);

    assertThat(fields.shown())
        .containsOnlyKeys("copying", "createdAt", "email", "name")
        .containsEntry("createdAt", "1970-01-01T00:00:00Z");
  }

  @Test
  void writesOneOfManyThatComeAtOnce() {
    var stores = Stream.generate(() -> TestMachine.backend(vault).store()).limit(16).toList();
    for (var round = 0; round < 3; round++) {
      var ref = notice(subject, "race" + round);
      var outcomes =
          AtOnce.run(
              16,
              thread ->
                  stores.get(thread).insert(ref, Kinds.notice("writer " + thread), Instant.MAX));

      assertThat(outcomes).as("round %d", round).filteredOn(Outcome::written).hasSize(1);
      assertThat(store.get(ref, Purpose.RIGHTS))
          .hasValueSatisfying(
              found ->
                  assertThat(found.value().text("values"))
                      .isEqualTo("writer " + firstWritten(outcomes)));
    }
  }

  @Test
  void refusesAClearRecordThatIsThereAlreadyEvenIfItSaysTheSame() {
    var ref = Kinds.of(Category.PROVIDER_EVENT).in("stripe", MARK);
    var event =
        new Fields(Category.PROVIDER_EVENT)
            .text("processor", "stripe")
            .instant("receivedAt", TestMachine.clock().instant());

    assertThat(AtOnce.run(8, thread -> store.insert(ref, event, Instant.MAX)))
        .filteredOn(Outcome::written)
        .hasSize(1);
  }

  @Test
  void knowsItsOwnWriteAgainWhoseAnswerWasLost() {
    var ref = notice(subject, "lost");
    TestMachine.machine().dynamo().cutAfterWrite(1);

    assertThat(store.insert(ref, Kinds.notice(MARK), Instant.MAX).written()).isTrue();
    assertThat(store.get(ref, Purpose.RIGHTS)).isPresent();
  }

  @Test
  void writesOnceWhereTheFirstTryDidNotArrive() {
    var ref = notice(subject, "late");
    TestMachine.machine().dynamo().cutBeforeWrite(1);

    assertThat(store.insert(ref, Kinds.notice(MARK), Instant.MAX).written()).isTrue();
  }

  @Test
  @DisplayName("right-access: a walk comes to every record of a partition, page by page")
  void walksThroughMoreThanAPage() {
    var text = "x".repeat(60 * 1024);
    for (var i = 0; i < 25; i++) {
      store.insert(notice(subject, "%02d".formatted(i)), Kinds.notice(text), Instant.MAX);
    }
    TestMachine.reset();
    var sorts = new ArrayList<String>();
    store.walk(
        Table.SUBJECTS,
        subject,
        "",
        item -> sorts.add(ItemCodec.required(item, ItemCodec.SORT).s()));

    assertThat(sorts).hasSize(25).isSorted().doesNotHaveDuplicates();
    assertThat(TestMachine.machine().dynamo().operations()).hasSizeGreaterThan(1);
    assertThat(store.all(Kinds.of(Category.NOTICE), subject, Purpose.RIGHTS))
        .hasSize(25)
        .allSatisfy(found -> assertThat(found.value().text("values")).isEqualTo(text));
  }

  @Test
  void takesOnlyItsOwnKindFromAPartition() {
    var one = new Kind<Fields>(Category.NOTICE, "ONE", 1, f -> f, f -> f);
    var longer = new Kind<Fields>(Category.NOTICE, "ONE-MORE", 1, f -> f, f -> f);
    store.insert(one.in(subject, "1"), Kinds.notice("one"), Instant.MAX);
    store.insert(longer.in(subject, "1"), Kinds.notice("another"), Instant.MAX);

    assertThat(store.all(one, subject, Purpose.RIGHTS))
        .extracting(found -> found.value().text("values"))
        .containsExactly("one");
  }

  @Test
  @DisplayName("isolation: a walk stays in its subject's partition")
  void walksThroughOnePartitionOnly() {
    var other = TestMachine.subject(vault).value();
    store.insert(notice(other, "1"), Kinds.notice(MARK), Instant.MAX);
    var items = new ArrayList<Map<String, AttributeValue>>();
    store.walk(Table.SUBJECTS, subject, "", items::add);

    assertThat(items).isEmpty();
  }

  @Test
  void deletesWhatIsNotThere() {
    assertThat(catchThrowable(() -> store.delete(notice(subject, "none")))).isNull();
  }

  @Test
  void changesClearFieldsOnly() {
    var ref = Kinds.of(Category.SESSION).in(subject, "1");
    var now = TestMachine.clock().instant();
    store.insert(ref, Kinds.session(now), Instant.MAX);
    var later = now.plusSeconds(5);

    assertThat(store.change(ref, Change.of(Category.SESSION).set("seenAt", later))).isTrue();
    assertThat(store.get(ref, Purpose.AUTHENTICATION))
        .hasValueSatisfying(
            found -> {
              assertThat(found.value().instant("seenAt")).isEqualTo(later);
              assertThat(found.value().text("address")).isEqualTo("192.0.2.1");
            });
  }

  @Test
  void doesNotChangeWhatIsOtherThanExpected() {
    var ref = Kinds.of(Category.SESSION).in(subject, "1");
    var now = TestMachine.clock().instant();
    store.insert(ref, Kinds.session(now), Instant.MAX);
    var change =
        Change.of(Category.SESSION).where("seenAt", now.plusMillis(1)).set("seenAt", Instant.EPOCH);

    assertThat(store.change(ref, change)).isFalse();
    assertThat(store.get(ref, Purpose.AUTHENTICATION).orElseThrow().value().instant("seenAt"))
        .isEqualTo(now);
  }

  @Test
  void doesNotChangeAFieldThatIsThereWhereNoneIsExpected() {
    var ref = Kinds.of(Category.SESSION).in(subject, "1");
    store.insert(ref, Kinds.session(TestMachine.clock().instant()), Instant.MAX);

    assertThat(
            store.change(
                ref,
                Change.of(Category.SESSION).whereAbsent("seenAt").set("seenAt", Instant.EPOCH)))
        .isFalse();
  }

  @Test
  void doesNotChangeWhatIsNotThere() {
    var ref = Kinds.of(Category.SESSION).in(subject, "none");

    assertThat(store.change(ref, Change.of(Category.SESSION).set("seenAt", Instant.EPOCH)))
        .isFalse();
    assertThat(raw(ref)).isEmpty();
  }

  @Test
  @DisplayName("encrypted-at-rest: a sealed field cannot be written in clear by a change")
  void refusesToChangeASealedField() {
    assertThatThrownBy(() -> Change.of(Category.EXPORT).whereAbsent("key"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void answersThatItIsUnavailableWhateverIsAskedWhileTheTableIs() {
    var ref = notice(subject, "1");
    var session = Kinds.of(Category.SESSION).in(subject, "1");
    store.insert(ref, Kinds.notice(MARK), Instant.MAX);
    var unavailable =
        Stream.<Runnable>of(
            () -> store.get(ref, Purpose.RIGHTS),
            () -> store.all(ref.kind(), subject, Purpose.RIGHTS),
            () -> store.find("index"),
            () -> store.insert(notice(subject, "2"), Kinds.notice(MARK), Instant.MAX),
            () -> store.change(session, Change.of(Category.SESSION).set("seenAt", Instant.EPOCH)),
            () -> store.delete(ref),
            () -> store.transaction().deleteExisting(ref).commit());
    TestMachine.machine().dynamo().failNext(100, "InternalServerError");

    assertThat(unavailable)
        .allSatisfy(
            operation ->
                assertThat(catchThrowable(operation::run))
                    .isInstanceOf(UnavailableException.class));
  }

  @Test
  void writesNothingWhereKmsIsUnavailable() {
    TestMachine.clock().set(Epoch.DAY.startAfter(TestMachine.clock().instant()));
    var ref = Kinds.of(Category.SERVER_LOG).in(subject, "1");
    var elsewhere = TestMachine.backend().store();
    TestMachine.machine().kms().failNext(100, "AccessDeniedException", 400);

    assertThat(
            catchThrowable(
                () -> elsewhere.insert(ref, Kinds.marked(MARK, Category.SERVER_LOG), Instant.MAX)))
        .isInstanceOf(UnavailableException.class);
    assertThat(raw(ref)).isEmpty();
  }

  private Stream<Runnable> readsAsStream(Ref<Fields> ref, Purpose purpose) {
    return Stream.of(
        () -> store.get(ref, purpose),
        () -> store.getClear(ref, purpose),
        () -> store.all(ref.kind(), ref.partition(), purpose),
        () -> store.page(ref.kind(), ref.partition(), "", 1, purpose));
  }

  private Collection<Runnable> reads(Ref<Fields> ref, Purpose purpose) {
    return readsAsStream(ref, purpose).toList();
  }

  private static int firstWritten(Collection<Outcome> outcomes) {
    return outcomes.stream().map(Outcome::written).toList().indexOf(true);
  }

  private static Ref<Fields> notice(String partition, String id) {
    return Kinds.of(Category.NOTICE).in(partition, id);
  }

  private static Purpose purpose(Category category) {
    return category.purposes().iterator().next();
  }

  private static Map<String, AttributeValue> raw(Ref<?> ref) {
    return TestMachine.item(ref.kind().category().table(), ref.partition(), ref.sort());
  }

  private static void tamper(
      Ref<?> ref, String attribute, UnaryOperator<AttributeValue> alteration) {
    var item = new HashMap<>(raw(ref));
    item.put(attribute, alteration.apply(ItemCodec.required(item, attribute)));
    TestMachine.put(ref.kind().category().table(), item);
  }

  /** All that an item says, its bytes as the characters they may be. */
  private static String text(Map<String, AttributeValue> item) {
    var text = new StringBuilder();
    item.forEach(
        (name, value) -> {
          text.append(name).append(value);
          if (value.b() != null) {
            text.append(
                new String(value.b().asByteArray(), java.nio.charset.StandardCharsets.ISO_8859_1));
          }
        });
    return text.toString();
  }
}
