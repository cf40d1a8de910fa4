package pledge.retention.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Residue;
import pledge.store.Store;
import pledge.store.Tables;
import pledge.vault.Environment;
import pledge.vault.EpochId;
import pledge.vault.SubjectId;
import pledge.vault.Vault;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What is left of dead epochs, on a machine without TTL. */
final class SweepTest {
  private static final Instant START = Instant.parse("2027-03-01T00:30:00Z");
  private static final EpochId HOUR = EpochId.of(RetentionPeriod.HOURS_24, START);
  private static final int MOST = 1_000;

  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withFunctions("RetentionSweepFunction")
              .withoutExpiry()
              .withClockAt(START));
  private final SdkHttpClient http = Environment.httpClient();
  private final Environment environment = environment(machine);
  private final DynamoDbClient dynamo = environment.dynamo(http);
  private final Vault vault = vault(machine.clock());
  private final Store store = new Store(dynamo, Tables.of(environment), vault, machine.clock());
  private final SubjectId subject = SubjectId.random();

  @BeforeEach
  void makeASubject() {
    var key = vault.newSubjectKey(subject, START.plus(Duration.ofDays(10_000)));
    dynamo.transactWriteItems(request -> request.transactItems(key));
    machine.settle();
  }

  @AfterEach
  void close() {
    dynamo.close();
    machine.close();
  }

  @Test
  @DisplayName(
      "logs-30d, content-24h, analytics-13m: nothing of a dead epoch is left, and what is alive is"
          + " as it was")
  void leavesNothingOfADeadEpochAndItsNeighboursAsTheyWere() {
    var categories =
        List.of(
            Category.REQUEST_CONTENT,
            Category.API_REQUEST_LOG,
            Category.PROVIDER_EVENT,
            Category.USAGE_ANALYTICS);
    categories.forEach(category -> write(category, "first"));
    // Not by the machine's clock, or its schedule would sweep as well.
    InstantSource later = InstantSource.fixed(Instant.parse("2027-04-02T00:30:00Z"));
    var laterStore = new Store(dynamo, Tables.of(environment), vault(later), later);
    categories.forEach(category -> write(laterStore, category, "second"));
    var before = items();
    // The first hour and day are over; both months, and the second of each, are not.
    vault.epochs().stream()
        .filter(epoch -> !later.instant().isBefore(epoch.endsAt()))
        .forEach(vault::destroyEpochKey);
    var run = sweeper(MOST).run(later.instant(), SweepTest::always);
    before
        .keySet()
        .removeIf(
            place ->
                place.endsWith(" TEST#REQUEST_CONTENT first")
                    || place.endsWith(" TEST#API_REQUEST_LOG first")
                    || place.endsWith(" TEST#PROVIDER_EVENT first"));

    assertThat(items()).hasSize(5).isEqualTo(before);
    assertThat(run.swept()).containsEntry(Table.ACTIVITY, 3L);
    assertThat(run.oldest()).isEqualTo(Duration.ZERO);
    assertThat(run.failure()).isEmpty();
  }

  @Test
  void sweepsAnEpochWhoseKeyTtlHasDeleted() {
    write(Category.REQUEST_CONTENT, "1");
    machine.clock().set(HOUR.endsAt());
    dynamo.deleteItem(
        request -> request.tableName(Table.EPOCH_KEYS.resource()).key(place(HOUR.value(), "KEY")));
    sweeper(MOST).run(machine.clock().instant(), SweepTest::always);

    assertThat(items()).isEmpty();
  }

  @Test
  void looksAgainForTwoDaysAndThenNoMore() {
    write(Category.REQUEST_CONTENT, "1");
    var twoDaysOn = HOUR.endsAt().plus(Duration.ofDays(2));
    assertThat(sweeper(MOST).run(twoDaysOn, SweepTest::always).open())
        .as("something was found")
        .isOne();
    assertThat(sweeper(MOST).run(twoDaysOn.minusMillis(1), SweepTest::always).open()).isOne();
    assertThat(vault.epochsWithResidue()).containsExactly(HOUR);

    assertThat(sweeper(MOST).run(twoDaysOn, SweepTest::always).open()).isZero();
    assertThat(vault.epochsWithResidue()).isEmpty();
  }

  @Test
  @DisplayName("analytics-13m: an epoch is looked at while a restored backup can bring it back")
  void looksAgainWhileABackupCanBringRecordsBack() {
    write(Category.USAGE_ANALYTICS, "1");
    var month = EpochId.of(RetentionPeriod.MONTHS_13, START);
    var backup = items();
    machine.clock().set(month.endsAt());
    sweeper(MOST).run(month.endsAt(), SweepTest::always);
    var restored = month.endsAt().plus(Duration.ofDays(Table.USAGE.backupDays()));
    sweeper(MOST).run(restored, SweepTest::always);
    backup
        .values()
        .forEach(item -> dynamo.putItem(put -> put.tableName(Table.USAGE.resource()).item(item)));

    assertThat(sweeper(MOST).run(restored.plusSeconds(1), SweepTest::always).swept())
        .containsEntry(Table.USAGE, 1L);
    assertThat(items()).isEmpty();
    assertThat(sweeper(MOST).run(restored.plus(Duration.ofDays(2)), SweepTest::always).open())
        .isZero();
  }

  @Test
  void deletesNoMoreThanItMayAndGoesOnTheNextTime() {
    for (var i = 0; i < 60; i++) {
      write(Category.REQUEST_CONTENT, Integer.toString(i));
    }
    var now = HOUR.endsAt().plus(Duration.ofHours(3));
    var left = 60;
    while (left > 0) {
      var run = sweeper(20).run(now, SweepTest::always);
      var swept = run.swept().values().stream().mapToLong(count -> count).sum();
      assertThat(swept).isBetween(1L, 20L);
      left -= (int) swept;
      assertThat(items()).hasSize(left);
      assertThat(run.oldest()).isEqualTo(left > 0 ? Duration.ofHours(3) : Duration.ZERO);
    }
  }

  @Test
  void endsWhenItsTimeIsUpAnywhereAndGoesOnTheNextTime() {
    for (var i = 0; i < 20; i++) {
      write(Category.REQUEST_CONTENT, Integer.toString(i));
    }
    var runs = 0;
    while (!items().isEmpty()) {
      // Some more each time, since it looks again at what it emptied.
      var calls = new AtomicInteger(4 + runs++);
      sweeper(MOST).run(HOUR.endsAt(), () -> calls.getAndDecrement() > 0);
    }

    assertThat(runs).isBetween(2, 40);
  }

  @Test
  void anEpochThatIsRefusedDoesNotHoldUpTheOthers() {
    write(Category.REQUEST_CONTENT, "first");
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();
    write(Category.REQUEST_CONTENT, "second");
    var refused = new AtomicInteger(1);
    var run =
        sweeper(MOST)
            .run(
                HOUR.endsAt().plus(Duration.ofHours(1)),
                () -> {
                  if (refused.getAndDecrement() == 1) {
                    machine.dynamo().failNext(3, "InternalServerError");
                  }
                  return true;
                });

    assertThat(run.failure()).isPresent();
    assertThat(run.oldest()).isEqualTo(Duration.ofHours(1));
    assertThat(items().keySet()).singleElement().asString().endsWith("first");
  }

  @Test
  void theTemplatesScheduleRunsIt() {
    IntStream.range(0, 30).forEach(i -> write(Category.REQUEST_CONTENT, Integer.toString(i)));
    machine.clock().set(HOUR.endsAt().plus(Duration.ofHours(1)));
    machine.settle();

    assertThat(items()).isEmpty();
  }

  @Test
  void takesTheEventAsEventBridgeSendsIt() throws IOException {
    write(Category.REQUEST_CONTENT, "1");
    var event = Files.readString(Path.of("../../events/retention-sweep/hourly.json"));

    assertThat(invoke(event.replace("2026-11-21T12:07:00Z", START.toString())))
        .isEqualTo("{\"EpochsOpen\":0,\"OldestUnsweptSeconds\":0}");
    assertThat(invoke(event)).as("an hour late or more").isEqualTo("{}");
  }

  private String invoke(String event) {
    return new String(
        machine.invoke("RetentionSweepFunction", event.getBytes(StandardCharsets.UTF_8)),
        StandardCharsets.UTF_8);
  }

  private static boolean always() {
    return true;
  }

  private Sweeper sweeper(int most) {
    return new Sweeper(vault, new Residue(store), most);
  }

  private Vault vault(InstantSource clock) {
    return new Vault(
        environment.kms(http),
        environment.setting("VAULT_KEY"),
        dynamo,
        Table.SUBJECT_KEYS.resource(),
        Table.EPOCH_KEYS.resource(),
        clock);
  }

  private void write(Category category, String id) {
    write(store, category, id);
  }

  private void write(Store store, Category category, String id) {
    var fields = new Fields(category);
    for (var field : category.fields()) {
      switch (field.type()) {
        case TEXT -> fields.text(field.name(), "x");
        case INSTANT -> fields.instant(field.name(), START);
        case NUMBER -> fields.number(field.name(), 1);
        case FLAG -> fields.flag(field.name(), true);
        case BYTES -> fields.bytes(field.name(), new byte[] {1});
      }
    }
    var kind = new Kind<>(category, "TEST", 1, Function.<Fields>identity(), Function.identity());
    assertThat(
            store
                .insert(kind.in(subject.value(), category + " " + id), fields, Instant.MAX)
                .written())
        .isTrue();
  }

  /** Every record as it lies there, by its place. */
  private Map<String, Map<String, AttributeValue>> items() {
    var items = new TreeMap<String, Map<String, AttributeValue>>();
    for (var table : List.of(Table.ACTIVITY, Table.USAGE)) {
      dynamo
          .scanPaginator(request -> request.tableName(table.resource()).consistentRead(true))
          .items()
          .forEach(
              item ->
                  items.put(
                      table.id()
                          + " "
                          + item.getOrDefault("pk", AttributeValue.fromS("")).s()
                          + " "
                          + item.getOrDefault("sk", AttributeValue.fromS("")).s(),
                      item));
    }
    return items;
  }

  private static Map<String, AttributeValue> place(String partition, String sort) {
    return Map.of("pk", AttributeValue.fromS(partition), "sk", AttributeValue.fromS(sort));
  }

  private static Environment environment(Machine machine) {
    return new Environment(machine.environment("RetentionSweepFunction"), machine.clock());
  }
}
