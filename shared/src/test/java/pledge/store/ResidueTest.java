package pledge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Epoch;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.vault.EpochId;
import pledge.vault.UnavailableException;
import pledge.vault.Vault;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

final class ResidueTest {
  private static final List<Category> WITH_EPOCHS =
      Stream.of(Category.values())
          .filter(category -> category.retention().epoch().isPresent())
          .toList();

  private final Vault vault = TestMachine.vault();
  private final Store store = TestMachine.backend(vault).store();
  private final String subject = TestMachine.subject(vault).value();
  private final Residue residue = of(TestMachine.dynamo());

  @BeforeEach
  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @ParameterizedTest
  @EnumSource
  void findsARecordByItsEpochWhereItsCategoryHasOne(Category category) {
    write(category, "1");
    var item = TestMachine.item(category.table(), subject, "TEST#1");

    assertThat(item.containsKey(Residue.BUCKET)).isEqualTo(WITH_EPOCHS.contains(category));
    if (WITH_EPOCHS.contains(category)) {
      var bucket = ItemCodec.required(item, Residue.BUCKET).s();
      assertThat(Residue.Bucket.epoch(bucket))
          .isEqualTo(EpochId.of(category.retention(), TestMachine.clock().instant()));
      assertThat(Residue.buckets(Residue.Bucket.epoch(bucket)))
          .extracting(Residue.Bucket::value)
          .contains(bucket);
    }
  }

  @ParameterizedTest(
      name = "logs-30d, content-24h, analytics-13m: what is over goes, all else stays (seed {0})")
  @MethodSource("pledge.Seeds#both")
  void deletesWhatIsOverAndLeavesTheRestAsItIs(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 60; i++) {
      TestMachine.clock().advance(Duration.ofMinutes(random.nextInt(10_000)));
      write(WITH_EPOCHS.get(random.nextInt(WITH_EPOCHS.size())), Integer.toString(i));
    }
    var before = items();
    var now = TestMachine.clock().instant().plus(Duration.ofMinutes(random.nextInt(300_000)));
    before.forEach(item -> sweep(epoch(item), now));

    assertThat(items())
        .as("seed %d", seed)
        .isEqualTo(before.stream().filter(item -> now.isBefore(epoch(item).endsAt())).toList());
  }

  @Test
  @DisplayName("content-24h: a record is not deleted a millisecond before its epoch is over")
  void deletesNothingAMillisecondEarly() {
    var epoch = hourOf(1);

    assertThat(sweep(epoch, epoch.endsAt().minusMillis(1))).isZero();
    assertThat(sweep(epoch, epoch.endsAt())).isEqualTo(1);
  }

  @Test
  void goesOnWhereItEnded() {
    var epoch = hourOf(120);
    var swept = sweep(epoch, epoch.endsAt(), records -> records == 0);
    assertThat(swept).as("not a batch allowed").isZero();
    var allowed = new int[] {40};
    sweep(epoch, epoch.endsAt(), records -> records <= allowed[0] && (allowed[0] -= records) >= 0);
    assertThat(items()).as("no more than allowed").hasSizeBetween(80, 119);
    sweep(epoch, epoch.endsAt());

    assertThat(items()).isEmpty();
  }

  @Test
  void goesOnAfterADeathBetweenAnyTwoBatches() {
    for (var batch = 1; ; batch++) {
      var epoch = hourOf(30);
      TestMachine.machine().dynamo().dieAfterWrite(batch);
      try {
        sweep(epoch, epoch.endsAt());
      } catch (UnavailableException e) {
        assertThat(TestMachine.machine().dynamo().isDead()).isTrue();
      }
      if (!TestMachine.machine().dynamo().isDead()) {
        assertThat(batch).as("batches of an hour").isGreaterThan(2);
        return;
      }
      TestMachine.reset();
      sweep(epoch, epoch.endsAt());

      assertThat(items()).as("after death at batch %d", batch).isEmpty();
    }
  }

  @Test
  void triesAgainWhatWasThrottledOfABatch() {
    var epoch = hourOf(60);
    var throttled = new Throttled(3);
    for (var bucket : Residue.buckets(epoch)) {
      of(throttled).sweep(bucket, epoch.endsAt(), ResidueTest::always);
    }

    assertThat(items()).isEmpty();
    assertThat(throttled.left).isZero();
  }

  @Test
  void isUnavailableWhereItIsThrottledForGood() {
    var epoch = hourOf(1);
    var throttled = of(new Throttled(Integer.MAX_VALUE));

    assertThatThrownBy(
            () ->
                Residue.buckets(epoch)
                    .forEach(
                        bucket -> throttled.sweep(bucket, epoch.endsAt(), ResidueTest::always)))
        .isInstanceOf(UnavailableException.class);
    assertThat(items()).hasSize(1);
  }

  /** That many records of one hour, in which there was none. */
  private EpochId hourOf(int records) {
    TestMachine.clock().set(Epoch.HOUR.startAfter(TestMachine.clock().instant()));
    for (var i = 0; i < records; i++) {
      write(Category.REQUEST_CONTENT, Integer.toString(i));
    }
    return EpochId.of(RetentionPeriod.HOURS_24, TestMachine.clock().instant());
  }

  private void write(Category category, String id) {
    var ref = Kinds.of(category).in(subject, id);
    assertThat(store.insert(ref, Kinds.marked("x", category), Instant.MAX).written()).isTrue();
  }

  private static boolean always(int records) {
    return records >= 0;
  }

  private int sweep(EpochId epoch, Instant now) {
    return sweep(epoch, now, ResidueTest::always);
  }

  private int sweep(EpochId epoch, Instant now, IntPredicate mayDelete) {
    return Residue.buckets(epoch).stream()
        .mapToInt(bucket -> residue.sweep(bucket, now, mayDelete).deleted())
        .sum();
  }

  /** Everything of this test's subject, as it lies there. */
  private List<Map<String, AttributeValue>> items() {
    var items = new ArrayList<Map<String, AttributeValue>>();
    for (var table : List.of(Table.ACTIVITY, Table.USAGE)) {
      TestMachine.scan(table).stream()
          .filter(item -> ItemCodec.required(item, "pk").s().equals(subject))
          .forEach(items::add);
    }
    return items;
  }

  private static EpochId epoch(Map<String, AttributeValue> item) {
    return Residue.Bucket.epoch(ItemCodec.required(item, Residue.BUCKET).s());
  }

  private static Residue of(DynamoDbClient dynamo) {
    return new Residue(dynamo, Tables.of(TestMachine.environment()));
  }

  /** DynamoDB Local processes every batch whole: this leaves some batches undone. */
  private static final class Throttled implements DynamoDbClient {
    private int left;

    Throttled(int batches) {
      left = batches;
    }

    @Override
    public QueryResponse query(QueryRequest request) {
      return TestMachine.dynamo().query(request);
    }

    @Override
    public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
      if (left == 0) {
        return TestMachine.dynamo().batchWriteItem(request);
      }
      left--;
      return BatchWriteItemResponse.builder().unprocessedItems(request.requestItems()).build();
    }

    @Override
    public String serviceName() {
      return TestMachine.dynamo().serviceName();
    }

    @Override
    public void close() {}
  }
}
