package pledge.retention.audit;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Pledge;
import pledge.policy.Table;
import pledge.privacy.AuditChain;
import pledge.privacy.Incident;
import pledge.privacy.Incidents;
import pledge.privacy.Mailings;
import pledge.privacy.PledgeCheck;
import pledge.privacy.PledgeChecks;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.subject.Policies;
import pledge.vault.Environment;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A machine with nothing but the audit, called when a test says so, and hands past all our code.
 */
final class House implements AutoCloseable {
  private static final Instant BEGIN = Instant.parse("2026-11-21T03:17:00Z");

  final Machine machine;
  final DynamoDbClient dynamo;
  final Backend backend;
  private final Environment environment;
  private final Chains chains;
  private RetentionAuditHandler handler;

  House() {
    this(Options.inMemory());
  }

  /** As another template deploys it. */
  House(Path template) {
    this(Options.inMemory().withTemplate(template));
  }

  private House(Options options) {
    machine = Machine.start(options.withoutFunctions().withClockAt(BEGIN));
    environment = new Environment(machine.environment("RetentionAuditFunction"), machine.clock());
    dynamo = environment.dynamo(Environment.httpClient());
    backend = Backend.of(environment);
    chains = new Chains(backend.store());
    handler = anotherInstance();
    everybodyIsTold();
  }

  /** Nobody lives here, so there is nobody left to be told of policies. */
  private void everybodyIsTold() {
    var mailings = new Mailings(backend, machine.clock());
    for (var change : new Policies(backend, machine.clock()).materialChanges()) {
      mailings.advance(Mailings.ofChange(change), person -> false, () -> true);
    }
  }

  RetentionAuditHandler anotherInstance() {
    return new RetentionAuditHandler(environment.settings(), machine.clock());
  }

  /** The results by pledge that are not kept. */
  Map<String, String> audit() {
    return notKept(run(handler));
  }

  static Map<String, String> notKept(Map<String, String> results) {
    var others = new TreeMap<>(results);
    others.values().removeIf("KEPT"::equals);
    return others;
  }

  @SuppressWarnings("NullAway") // the function has no use for a context
  static Map<String, String> run(RetentionAuditHandler handler) {
    return handler.handleRequest(new ScheduledEvent(), null);
  }

  void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle();
  }

  Map<Pledge, PledgeCheck> latest() {
    return new PledgeChecks(chains, new AuditChain(chains, machine.clock())).latest();
  }

  String evidence(Pledge pledge) {
    var check = latest().get(pledge);
    return check == null ? "" : check.evidence();
  }

  List<Incident> incidents() {
    return new Incidents(chains, new AuditChain(chains, machine.clock())).all();
  }

  /** The items of a table whose sort keys begin so. */
  List<Map<String, AttributeValue>> items(Table table, String sort) {
    return dynamo.scanPaginator(request -> request.tableName(table.resource())).items().stream()
        .filter(item -> text(item, "sk").startsWith(sort))
        .sorted((one, other) -> text(one, "sk").compareTo(text(other, "sk")))
        .toList();
  }

  void delete(Table table, Map<String, AttributeValue> item) {
    dynamo.deleteItem(
        request ->
            request
                .tableName(table.resource())
                .key(
                    item.entrySet().stream()
                        .filter(entry -> entry.getKey().matches("pk|sk"))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))));
  }

  void put(
      Table table, Map<String, AttributeValue> item, Consumer<Map<String, AttributeValue>> change) {
    var changed = new HashMap<>(item);
    change.accept(changed);
    dynamo.putItem(request -> request.tableName(table.resource()).item(changed));
  }

  /** An attribute's text; empty where there is none. */
  static String text(Map<String, AttributeValue> item, String name) {
    return item.getOrDefault(name, AttributeValue.fromS("")).s();
  }

  @Override
  public void close() {
    dynamo.close();
    machine.close();
  }
}
