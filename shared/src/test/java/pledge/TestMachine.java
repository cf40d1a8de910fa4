package pledge;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pledge.local.Machine;
import pledge.local.MachineClock;
import pledge.local.Options;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.store.Tables;
import pledge.store.Throttle;
import pledge.vault.Environment;
import pledge.vault.SubjectId;
import pledge.vault.Vault;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * One machine for all tests of this module. Its clock stands still until a test moves it, forward
 * only, so a test takes what it needs from now on. Expired items and keys stay where they are, as
 * DynamoDB may leave them for days. Tests use subjects of their own.
 */
public final class TestMachine {
  private static final class Started {
    static final Machine MACHINE =
        Machine.start(
            Options.inMemory()
                .withoutFunctions()
                .withoutExpiry()
                .withClockAt(Instant.parse("2026-11-21T12:00:00Z")));
    static final SdkHttpClient HTTP = Environment.httpClient();
    static final Environment ENVIRONMENT = environmentOf(MACHINE);
    static final DynamoDbClient DYNAMO = ENVIRONMENT.dynamo(HTTP);
    static final KmsClient KMS = ENVIRONMENT.kms(HTTP);
  }

  private TestMachine() {}

  public static Machine machine() {
    return Started.MACHINE;
  }

  public static MachineClock clock() {
    return Started.MACHINE.clock();
  }

  /** As a function's, with every table. */
  public static Environment environment() {
    return Started.ENVIRONMENT;
  }

  public static DynamoDbClient dynamo() {
    return Started.DYNAMO;
  }

  public static KmsClient kms() {
    return Started.KMS;
  }

  /** A vault as of another instance of a function: it shares the tables, and no opened key. */
  public static Vault vault() {
    return vault(Table.SUBJECT_KEYS, Table.EPOCH_KEYS);
  }

  /** The same, keeping its keys in other tables. */
  public static Vault vault(Table subjectKeys, Table epochKeys) {
    return new Vault(
        kms(),
        environment().setting("VAULT_KEY"),
        dynamo(),
        subjectKeys.resource(),
        epochKeys.resource(),
        clock());
  }

  /** All of another instance of a function. */
  public static Backend backend() {
    return backend(vault());
  }

  public static Backend backend(Vault vault) {
    var store = new Store(dynamo(), Tables.of(environment()), vault, clock());
    return new Backend(store, vault, new Throttle(store));
  }

  /** A new subject with a key that outlives every test. */
  public static SubjectId subject(Vault vault) {
    var subject = SubjectId.random();
    write(vault.newSubjectKey(subject, clock().instant().plus(Duration.ofDays(100_000))));
    return subject;
  }

  /** Writes what the vault prepared. */
  public static void write(TransactWriteItem write) {
    dynamo().transactWriteItems(request -> request.transactItems(write));
  }

  /** Every item of a table as it lies there. */
  public static List<Map<String, AttributeValue>> scan(Table table) {
    var items = new ArrayList<Map<String, AttributeValue>>();
    dynamo()
        .scanPaginator(request -> request.tableName(table.resource()).consistentRead(true))
        .items()
        .forEach(items::add);
    return items;
  }

  /** The item in that place as it lies there; empty where there is none. */
  public static Map<String, AttributeValue> item(Table table, String partition, String sort) {
    return dynamo()
        .getItem(
            request ->
                request
                    .tableName(table.resource())
                    .key(
                        Map.of(
                            "pk",
                            AttributeValue.fromS(partition),
                            "sk",
                            AttributeValue.fromS(sort)))
                    .consistentRead(true))
        .item();
  }

  /** Puts an item past all of our code. */
  public static void put(Table table, Map<String, AttributeValue> item) {
    dynamo().putItem(request -> request.tableName(table.resource()).item(item));
  }

  /** Moves the clock on to the next full second. */
  public static Instant nextSecond() {
    clock().set(Instant.ofEpochSecond(clock().instant().getEpochSecond() + 1));
    return clock().instant();
  }

  /** No faults any more, nothing recorded. */
  public static void reset() {
    machine().kms().reset();
    machine().dynamo().reset();
  }

  private static Environment environmentOf(Machine machine) {
    var settings = new HashMap<>(machine.environment("SessionFunction"));
    for (var table : Table.values()) {
      settings.put(table.setting(), table.resource());
    }
    return new Environment(Map.copyOf(settings), machine.clock());
  }
}
