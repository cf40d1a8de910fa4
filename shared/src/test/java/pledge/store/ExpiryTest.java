package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Epoch;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.vault.Vault;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An expired record is absent, though it lies there: nobody deletes it here. */
final class ExpiryTest {
  private final Vault vault = TestMachine.vault();
  private final Store store = TestMachine.backend(vault).store();
  private final String subject = TestMachine.subject(vault).value();
  private final Ref<Fields> ref = Kinds.of(Category.SESSION).in(subject, "1");

  private Instant end = Instant.EPOCH;

  @BeforeEach
  void insertARecordThatEnds() {
    var now = TestMachine.nextSecond();
    end = now.plusSeconds(60);
    assertThat(
            store
                .transaction()
                .insert(ref, Kinds.session(now), end, Set.of("index of " + subject))
                .commit()
                .written())
        .isTrue();
  }

  @Test
  void isThereAMillisecondBeforeItsEnd() {
    TestMachine.clock().set(end.minusMillis(1));

    assertThat(store.get(ref, Purpose.AUTHENTICATION)).isPresent();
    assertThat(store.getClear(ref, Purpose.AUTHENTICATION)).isPresent();
    assertThat(store.all(ref.kind(), subject, Purpose.AUTHENTICATION)).hasSize(1);
    assertThat(walk()).hasSize(1);
    assertThat(store.find("index of " + subject)).isPresent();
  }

  @Test
  void isAbsentAtItsEndWhenItIsRead() {
    TestMachine.clock().set(end);

    assertThat(store.get(ref, Purpose.AUTHENTICATION)).isEmpty();
    assertThat(item()).as("the item, which nobody has removed yet").isNotEmpty();
  }

  @Test
  void isAbsentAtItsEndWhenItIsReadInClear() {
    TestMachine.clock().set(end);

    assertThat(store.getClear(ref, Purpose.AUTHENTICATION)).isEmpty();
  }

  @Test
  void isAbsentAtItsEndAmongAll() {
    TestMachine.clock().set(end);

    assertThat(store.all(ref.kind(), subject, Purpose.AUTHENTICATION)).isEmpty();
  }

  @Test
  void isAbsentAtItsEndOnAWalk() {
    TestMachine.clock().set(end);

    assertThat(walk()).isEmpty();
  }

  @Test
  void isNotFoundByItsIndexAtItsEnd() {
    TestMachine.clock().set(end);

    assertThat(store.find("index of " + subject)).isEmpty();
  }

  @Test
  void leavesItsIndexToAnotherAtItsEnd() {
    var other = TestMachine.subject(vault).value();
    TestMachine.clock().set(end);
    var outcome =
        store
            .transaction()
            .insert(
                Kinds.of(Category.SESSION).in(other, "1"),
                Kinds.session(end),
                Instant.MAX,
                Set.of("index of " + subject))
            .commit();

    assertThat(outcome.written()).isTrue();
    assertThat(store.find("index of " + subject))
        .hasValueSatisfying(found -> assertThat(found.value()).isEqualTo(other));
  }

  @Test
  void canBeChangedAMillisecondBeforeItsEnd() {
    TestMachine.clock().set(end.minusMillis(1));

    assertThat(store.change(ref, later())).isTrue();
  }

  @Test
  void isNotRevivedByAChangeAtItsEnd() {
    TestMachine.clock().set(end);

    assertThat(store.change(ref, later())).isFalse();
    assertThat(store.get(ref, Purpose.AUTHENTICATION)).isEmpty();
  }

  @Test
  void canBeReplacedAMillisecondBeforeItsEndWhichStays() {
    var found = store.get(ref, Purpose.AUTHENTICATION).orElseThrow();
    TestMachine.clock().set(end.minusMillis(1));

    assertThat(store.transaction().replace(found, found.value()).commit().written()).isTrue();
    assertThat(store.get(ref, Purpose.AUTHENTICATION))
        .hasValueSatisfying(
            again -> {
              assertThat(again.expiresAt()).isEqualTo(end);
              assertThat(again.createdAt()).isEqualTo(found.createdAt());
              assertThat(again.lookups()).isEqualTo(found.lookups());
            });
  }

  @Test
  void isNotRevivedByAReplacementAtItsEnd() {
    var found = store.get(ref, Purpose.AUTHENTICATION).orElseThrow();
    TestMachine.clock().set(end);

    assertThat(store.transaction().replace(found, found.value()).commit().written()).isFalse();
  }

  @Test
  void cannotBeDeletedAsIfItWereThereAtItsEnd() {
    TestMachine.clock().set(end);

    assertThat(store.transaction().deleteExisting(ref).commit().written()).isFalse();
  }

  @Test
  void givesItsPlaceToAnotherAtItsEnd() {
    TestMachine.clock().set(end);

    assertThat(store.insert(ref, Kinds.session(end), Instant.MAX).written()).isTrue();
  }

  @Test
  void givesItsPlaceToAnotherInATransactionAtItsEnd() {
    TestMachine.clock().set(end);

    assertThat(store.transaction().insert(ref, Kinds.session(end)).commit().written()).isTrue();
  }

  @Test
  void keepsItsPlaceUntilItsEnd() {
    TestMachine.clock().set(end.minusMillis(1));

    assertThat(store.insert(ref, Kinds.session(end), Instant.MAX).written()).isFalse();
    assertThat(store.transaction().insert(ref, Kinds.session(end)).commit().written()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void endsWithItsRetentionPeriodAtTheLatest(Category category) {
    var place = Kinds.of(category).in(subject, "retention");
    store.insert(place, Kinds.marked("x", category), Instant.MAX);
    var now = TestMachine.clock().instant();
    var found = store.getClear(place, category.purposes().iterator().next()).orElseThrow();

    switch (category.retention().from()) {
      case CREATION -> {
        assertThat(found.expiresAt()).isEqualTo(category.retention().endsAt(now));
        TestMachine.clock().set(found.expiresAt());
        assertThat(store.getClear(place, category.purposes().iterator().next())).isEmpty();
      }
      case ERASURE_REQUEST -> assertThat(found.expiresAt()).isEqualTo(Instant.MAX);
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsEarlierWhereItIsToldTo(Category category) {
    var place = Kinds.of(category).in(subject, "early");
    var early = TestMachine.clock().instant().plusSeconds(10);
    store.insert(place, Kinds.marked("x", category), early);

    assertThat(store.getClear(place, category.purposes().iterator().next()))
        .hasValueSatisfying(found -> assertThat(found.expiresAt()).isEqualTo(early));
  }

  @Test
  @DisplayName("content-24h: request content is absent 24 hours after its hour began")
  void losesContentWithItsHour() {
    losesWithItsEpoch(Category.REQUEST_CONTENT, Purpose.OPERATIONS, Epoch.HOUR);
  }

  @Test
  @DisplayName("logs-30d: a log of a request is absent 30 days after its day began")
  void losesLogsWithTheirDay() {
    losesWithItsEpoch(Category.API_REQUEST_LOG, Purpose.SECURITY, Epoch.DAY);
  }

  @Test
  @DisplayName("analytics-13m: usage is absent 13 months after its month began")
  void losesAnalyticsWithTheirMonth() {
    losesWithItsEpoch(Category.USAGE_ANALYTICS, Purpose.IMPROVEMENT, Epoch.MONTH);
  }

  @Test
  @DisplayName("content-24h: the end of a record is also where the database is to remove it")
  void tellsTheDatabaseWhenToRemoveIt() {
    var place = Kinds.of(Category.REQUEST_CONTENT).in(subject, "ttl");
    var now = TestMachine.nextSecond();
    store.insert(place, Kinds.marked("x", Category.REQUEST_CONTENT), Instant.MAX);

    assertThat(
            ItemCodec.required(TestMachine.item(Table.ACTIVITY, subject, place.sort()), "expiresAt")
                .n())
        .isEqualTo(Long.toString(RetentionPeriod.HOURS_24.endsAt(now).getEpochSecond()));
  }

  private void losesWithItsEpoch(Category category, Purpose purpose, Epoch epoch) {
    var start = epoch.startAfter(TestMachine.clock().instant());
    TestMachine.clock().set(start.plus(Duration.ofMinutes(10)));
    var place = Kinds.of(category).in(subject, "epoch");
    store.insert(place, Kinds.marked("x", category), Instant.MAX);
    var over = category.retention().endsAt(start);
    TestMachine.clock().set(over.minusMillis(1));
    assertThat(store.get(place, purpose)).as("a millisecond before").isPresent();
    TestMachine.clock().set(over);

    assertThat(store.get(place, purpose)).as("at the end").isEmpty();
    assertThat(store.all(place.kind(), subject, purpose)).as("among all").isEmpty();
  }

  private Change later() {
    return Change.of(Category.SESSION).set("seenAt", end).expireAt(end.plusSeconds(60));
  }

  private List<Map<String, AttributeValue>> walk() {
    var items = new ArrayList<Map<String, AttributeValue>>();
    store.walk(Table.SUBJECTS, subject, "", items::add);
    return items;
  }

  private Map<String, AttributeValue> item() {
    return TestMachine.item(Table.SUBJECTS, subject, ref.sort());
  }
}
