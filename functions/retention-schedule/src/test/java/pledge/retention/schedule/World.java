package pledge.retention.schedule;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.joda.time.DateTime;
import org.joda.time.DateTimeZone;
import org.jspecify.annotations.Nullable;
import pledge.local.Machine;
import pledge.local.MachineClock;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.store.Tables;
import pledge.vault.Environment;
import pledge.vault.EpochId;
import pledge.vault.SubjectId;
import pledge.vault.Vault;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A machine whose clock is the true time, with tables and keys and without anything that runs by
 * itself: no schedule, no TTL.
 */
final class World implements AutoCloseable {
  /** The categories that end by the destruction of a key. */
  static final List<Category> CATEGORIES =
      Stream.of(Category.values())
          .filter(category -> category.retention().epoch().isPresent())
          .toList();

  final Machine machine;
  private final SdkHttpClient http = Environment.httpClient();
  private final Environment environment;
  final DynamoDbClient dynamo;
  final SubjectId subject = SubjectId.random();
  private final RetentionScheduleHandler warm;
  private Duration skew = Duration.ZERO;

  World(Instant start) {
    machine =
        Machine.start(Options.inMemory().withoutFunctions().withoutExpiry().withClockAt(start));
    var settings = new HashMap<>(machine.environment("RetentionScheduleFunction"));
    for (var table : Table.values()) {
      settings.put(table.setting(), table.resource());
    }
    environment = new Environment(Map.copyOf(settings), machine.clock());
    dynamo = environment.dynamo(http);
    warm =
        new RetentionScheduleHandler(
            environment.settings(), () -> machine.clock().instant().plus(skew));
    var key = vault().newSubjectKey(subject, start.plus(Duration.ofDays(10_000)));
    dynamo.transactWriteItems(request -> request.transactItems(key));
  }

  MachineClock clock() {
    return machine.clock();
  }

  Instant now() {
    return clock().instant();
  }

  /** Another instance of the function. */
  RetentionScheduleHandler function() {
    return new RetentionScheduleHandler(environment.settings(), machine.clock());
  }

  /** A run for an event of now. */
  Map<String, Long> run() {
    return run(Duration.ZERO, now());
  }

  /** A run on a clock that is off by that much, for an event that was due then. */
  Map<String, Long> run(Duration skew, Instant due) {
    this.skew = skew;
    return run(warm, due);
  }

  @SuppressWarnings("NullAway") // the function has no use for a context
  static Map<String, Long> run(RetentionScheduleHandler function, Instant due) {
    @Nullable Context none = null;
    return function.handleRequest(
        new ScheduledEvent().withTime(new DateTime(due.toEpochMilli(), DateTimeZone.UTC)), none);
  }

  /** As of another instance of a function: no opened key. */
  Vault vault() {
    return new Vault(
        environment.kms(http),
        environment.setting("VAULT_KEY"),
        dynamo,
        Table.SUBJECT_KEYS.resource(),
        Table.EPOCH_KEYS.resource(),
        machine.clock());
  }

  /** A record of each declared field. */
  Ref<Fields> write(Category category, String id) {
    var fields = new Fields(category);
    for (var field : category.fields()) {
      switch (field.type()) {
        case TEXT -> fields.text(field.name(), "x");
        case INSTANT -> fields.instant(field.name(), now());
        case NUMBER -> fields.number(field.name(), 1);
        case FLAG -> fields.flag(field.name(), true);
        case BYTES -> fields.bytes(field.name(), new byte[] {1});
      }
    }
    var ref =
        new Kind<>(category, "TEST", 1, Function.<Fields>identity(), Function.identity())
            .in(subject.value(), category + " " + id);
    if (!store().insert(ref, fields, Instant.MAX).written()) {
      throw new IllegalStateException(id + " is there");
    }
    return ref;
  }

  /** Whether anybody could read it now who has no key in memory. */
  boolean readable(Ref<?> ref) {
    var purpose = ref.kind().category().purposes().iterator().next();
    return store().get(ref, purpose).isPresent();
  }

  List<EpochId> keys() {
    return vault().epochs();
  }

  /** Every item of the table of epochs' keys as it lies there, in the order of their keys. */
  List<Map<String, AttributeValue>> raw() {
    return dynamo
        .scanPaginator(
            request -> request.tableName(Table.EPOCH_KEYS.resource()).consistentRead(true))
        .items()
        .stream()
        .toList();
  }

  /** The names of all that lies there: what a key's bytes are differs. */
  SortedSet<String> names() {
    var names = new TreeSet<String>();
    raw().forEach(item -> names.add(item.get("pk") + " " + item.get("sk")));
    return names;
  }

  void put(Map<String, AttributeValue> item) {
    dynamo.putItem(request -> request.tableName(Table.EPOCH_KEYS.resource()).item(item));
  }

  void reset() {
    machine.dynamo().reset();
    machine.kms().reset();
  }

  private Store store() {
    return new Store(dynamo, Tables.of(environment), vault(), machine.clock());
  }

  @Override
  public void close() {
    dynamo.close();
    machine.close();
  }
}
