package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.AtOnce;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.vault.UnavailableException;
import pledge.vault.Vault;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class TransactionTest {
  private final Vault vault = TestMachine.vault();
  private final Store store = TestMachine.backend(vault).store();
  private final String subject = TestMachine.subject(vault).value();

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void writesNothingWhereOneIsRefusedAndSaysWhich(int taken) {
    store.insert(ref(taken), Kinds.notice("first"), Instant.MAX);
    var transaction = store.transaction();
    IntStream.range(0, 4).forEach(i -> transaction.insert(ref(i), Kinds.notice("second")));

    assertThat(transaction.commit()).isEqualTo(new Outcome.Refused(taken));
    assertThat(values()).containsExactly("first");
  }

  @Test
  void writesAll() {
    var transaction = store.transaction();
    IntStream.range(0, 4).forEach(i -> transaction.insert(ref(i), Kinds.notice("all")));

    assertThat(transaction.commit()).isEqualTo(new Outcome.Written());
    assertThat(values()).containsExactly("all", "all", "all", "all");
  }

  @Test
  void writesNothingWhereWhatItRequiresIsNotSo() {
    store.insert(ref(0), Kinds.notice("required"), TestMachine.clock().instant().plusSeconds(60));
    var unsent = Change.of(Category.NOTICE).whereAbsent("sentAt");

    assertThat(
            store
                .transaction()
                .insert(ref(1), Kinds.notice("one"))
                .require(ref(0), unsent)
                .commit())
        .isEqualTo(new Outcome.Written());
    store.change(ref(0), Change.of(Category.NOTICE).set("sentAt", Instant.EPOCH));
    assertThat(
            store
                .transaction()
                .insert(ref(2), Kinds.notice("two"))
                .require(ref(0), Change.of(Category.NOTICE).whereAbsent("sentAt"))
                .commit())
        .isEqualTo(new Outcome.Refused(1));
    TestMachine.clock().advance(Duration.ofSeconds(60));
    assertThat(
            store
                .transaction()
                .insert(ref(3), Kinds.notice("three"))
                .require(ref(0), Change.of(Category.NOTICE).where("sentAt", Instant.EPOCH))
                .commit())
        .as("expired")
        .isEqualTo(new Outcome.Refused(1));
    assertThat(values()).containsExactly("one");
  }

  @Test
  void writesAllOrNothingWhereMostComeTooLate() {
    // Each wants two neighbouring places of a ring: no two neighbours can both have theirs.
    var outcomes =
        AtOnce.run(
            12,
            thread -> {
              var mine = "writer " + thread;
              return writtenUnlessUnavailable(
                  store
                      .transaction()
                      .insert(ref(thread), Kinds.notice(mine))
                      .insert(ref((thread + 1) % 12), Kinds.notice(mine)));
            });

    var written = IntStream.range(0, 12).filter(outcomes::get).boxed().toList();
    assertThat(written).isNotEmpty();
    assertThat(values())
        .containsExactlyInAnyOrderElementsOf(
            written.stream().flatMap(i -> List.of("writer " + i, "writer " + i).stream()).toList());
  }

  @Test
  void isKilledBeforeItIsWrittenOrAfterAndNeverInBetween() {
    for (var after : List.of(false, true)) {
      var id = after ? 10 : 20;
      if (after) {
        TestMachine.machine().dynamo().dieAfterWrite(1);
      } else {
        TestMachine.machine().dynamo().dieBeforeWrite(1);
      }
      var transaction =
          store
              .transaction()
              .insert(ref(id), Kinds.notice("one"))
              .insert(ref(id + 1), Kinds.notice("other"));
      assertThat(catchThrowable(transaction::commit)).isInstanceOf(UnavailableException.class);
      TestMachine.reset();

      assertThat(store.get(ref(id), Purpose.RIGHTS).isPresent()).isEqualTo(after);
      assertThat(store.get(ref(id + 1), Purpose.RIGHTS).isPresent()).isEqualTo(after);
    }
  }

  @Test
  void isWrittenOnceWhereItsAnswerWasLost() {
    TestMachine.machine().dynamo().cutAfterWrite(1);

    assertThat(store.transaction().insert(ref(1), Kinds.notice("one")).commit())
        .isEqualTo(new Outcome.Written());
  }

  @Test
  void isFoundByItsIndexes() {
    insert(subject, "email of " + subject, "phone of " + subject);

    assertThat(store.find("email of " + subject))
        .hasValueSatisfying(found -> assertThat(found.value()).isEqualTo(subject));
    assertThat(store.find("phone of " + subject))
        .hasValueSatisfying(found -> assertThat(found.value()).isEqualTo(subject));
  }

  @Test
  void isNotFoundByAnotherIndex() {
    assertThat(store.find("an index of nothing")).isEmpty();
  }

  @Test
  void refusesAnIndexThatLeadsElsewhere() {
    var other = TestMachine.subject(vault).value();
    insert(subject, "email of " + subject);

    assertThat(insert(other, "phone of " + other, "email of " + subject))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(store.find("email of " + subject))
        .hasValueSatisfying(found -> assertThat(found.value()).isEqualTo(subject));
    assertThat(store.find("phone of " + other)).isEmpty();
  }

  @Test
  void namesItsIndexesSoThatAWalkFindsThem() {
    insert(subject, "email of " + subject, "phone of " + subject);

    assertThat(Store.lookupsOf(TestMachine.item(Table.SUBJECTS, subject, "TEST#1")))
        .containsExactlyInAnyOrder("email of " + subject, "phone of " + subject);
    assertThat(store.get(ref(1), Purpose.RIGHTS).orElseThrow().lookups()).hasSize(2);
  }

  @Test
  void namesNoIndexesWhereThereAreNone() {
    assertThat(Store.lookupsOf(Map.of("pk", AttributeValue.fromS("x")))).isEmpty();
  }

  @Test
  void deletesOnlyWhatIsThere() {
    assertThat(store.transaction().deleteExisting(ref(1)).commit())
        .isEqualTo(new Outcome.Refused(0));
    store.insert(ref(1), Kinds.notice("one"), Instant.MAX);

    assertThat(store.transaction().deleteExisting(ref(1)).commit().written()).isTrue();
    assertThat(store.get(ref(1), Purpose.RIGHTS)).isEmpty();
  }

  @Test
  void replacesOnlyWhatIsThere() {
    store.insert(ref(1), Kinds.notice("one"), Instant.MAX);
    var found = store.get(ref(1), Purpose.RIGHTS).orElseThrow();
    store.delete(ref(1));

    assertThat(store.transaction().replace(found, Kinds.notice("other")).commit().written())
        .isFalse();
    assertThat(store.get(ref(1), Purpose.RIGHTS)).isEmpty();
  }

  private Outcome insert(String partition, String... indexes) {
    return store
        .transaction()
        .insert(
            Kinds.of(Category.NOTICE).in(partition, "1"),
            Kinds.notice("indexed"),
            Instant.MAX,
            Set.of(indexes))
        .commit();
  }

  private static boolean writtenUnlessUnavailable(Transaction transaction) {
    try {
      return transaction.commit().written();
    } catch (UnavailableException e) {
      // Others had its places in hand for too long: it may try again.
      return false;
    }
  }

  private Ref<Fields> ref(int id) {
    return Kinds.of(Category.NOTICE).in(subject, Integer.toString(id));
  }

  private List<String> values() {
    return store.all(Kinds.of(Category.NOTICE), subject, Purpose.RIGHTS).stream()
        .map(found -> found.value().text("values"))
        .toList();
  }
}
