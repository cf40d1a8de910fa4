package pledge.records;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import pledge.local.Machine;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.store.Tables;
import pledge.store.Throttle;
import pledge.vault.Environment;
import pledge.vault.EpochId;
import pledge.vault.SubjectId;
import pledge.vault.Vault;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reaches every table of a machine, as no function may. */
public final class Backstage implements AutoCloseable {
  /** Of all functions the one with every table's name. */
  private static final String FUNCTION = "RetentionAuditFunction";

  private final Machine machine;
  private final Environment environment;
  private final SdkHttpClient http = Environment.httpClient();
  private final DynamoDbClient dynamo;

  /** With something between it and the database. */
  public Backstage(Machine machine, ExecutionInterceptor... between) {
    this.machine = machine;
    environment = new Environment(machine.environment(FUNCTION), machine.clock());
    var builder = environment.configure(DynamoDbClient.builder(), "DYNAMODB", http);
    dynamo =
        builder
            .overrideConfiguration(
                builder
                    .overrideConfiguration()
                    .copy(all -> List.of(between).forEach(all::addExecutionInterceptor)))
            .build();
  }

  public DynamoDbClient dynamo() {
    return dynamo;
  }

  /** As of another instance of a function: no opened key. */
  public Vault vault() {
    return vault(machine.clock());
  }

  /** As of another instance: it opens a key anew. */
  public Store store() {
    return store(machine.clock());
  }

  /** The same, by a clock of its own. */
  public Store store(InstantSource clock) {
    return new Store(dynamo, tables(), vault(clock), clock);
  }

  /** The same, with a vault and counters. */
  public Backend backend() {
    var vault = vault();
    var store = new Store(dynamo, tables(), vault, machine.clock());
    return new Backend(store, vault, new Throttle(store));
  }

  /** Somebody whose key nothing but an erasure ends. */
  public SubjectId subject() {
    var vault = vault();
    var subject = SubjectId.random();
    var key = vault.newSubjectKey(subject, machine.clock().instant().plus(Duration.ofDays(1)));
    dynamo.transactWriteItems(request -> request.transactItems(key));
    dynamo.transactWriteItems(request -> request.transactItems(vault.keepSubjectKey(subject)));
    return subject;
  }

  /** Sealed as any other, but written 25 at a time. */
  public ManyRecords manyRecords() {
    return new ManyRecords(dynamo, tables(), vault(), machine.clock());
  }

  /** Every item of a table as it lies there. */
  public List<Map<String, AttributeValue>> raw(Table table) {
    return dynamo
        .scanPaginator(request -> request.tableName(table.resource()).consistentRead(true))
        .items()
        .stream()
        .toList();
  }

  /** A record as it lies there; empty where nothing does. */
  public Map<String, AttributeValue> raw(Ref<?> ref) {
    return dynamo
        .getItem(
            request ->
                request
                    .tableName(ref.kind().category().table().resource())
                    .key(
                        Map.of(
                            "pk",
                            AttributeValue.fromS(ref.partition()),
                            "sk",
                            AttributeValue.fromS(ref.sort())))
                    .consistentRead(true))
        .item();
  }

  /** Puts items past all of our code. */
  public void put(Table table, List<Map<String, AttributeValue>> items) {
    items.forEach(
        item -> dynamo.putItem(request -> request.tableName(table.resource()).item(item)));
  }

  /** Deletes a partition past all of our code. */
  public void delete(Table table, String partition) {
    raw(table).stream()
        .filter(item -> AttributeValue.fromS(partition).equals(item.get("pk")))
        .map(
            item ->
                item.entrySet().stream()
                    .filter(entry -> Set.of("pk", "sk").contains(entry.getKey()))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
        .forEach(key -> dynamo.deleteItem(request -> request.tableName(table.resource()).key(key)));
  }

  /** Whether anybody could read it now who has no key in memory. */
  public boolean isReadable(Ref<?> ref) {
    return isReadable(store(), ref);
  }

  /** Whether that store can read it. */
  public static boolean isReadable(Store store, Ref<?> ref) {
    return store.get(ref, ref.kind().category().purposes().iterator().next()).isPresent();
  }

  /** Whether a key is kept of that epoch. */
  public boolean hasKey(EpochId epoch) {
    return vault().epochs().contains(epoch);
  }

  private Tables tables() {
    return Tables.of(environment);
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

  @Override
  public void close() {
    dynamo.close();
    http.close();
  }
}
