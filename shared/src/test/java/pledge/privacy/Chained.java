package pledge.privacy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import pledge.TestMachine;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.store.Capacity;
import pledge.store.Chains;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.store.Tables;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Chains of an audit that begins empty, with a clock of their own, and hands that alter them. */
final class Chained {
  static final Kind<String> ACCESS =
      new Kind<>(
          Category.STAFF_ACCESS,
          "",
          1,
          text -> new Fields(Category.STAFF_ACCESS).text("outcome", text),
          fields -> fields.text("outcome"));

  private static final String PARTITION = "chain#STAFF_ACCESS";

  Instant now = Instant.parse("2026-11-21T12:00:00.123Z");
  final Capacity capacity;
  final Chains chains;
  final AuditChain audit;
  final PledgeChecks checks;

  Chained() {
    TestMachine.reset();
    for (var item : TestMachine.scan(Table.AUDIT)) {
      delete(item);
    }
    var store =
        new Store(
            TestMachine.dynamo(),
            Tables.of(TestMachine.environment()),
            TestMachine.vault(),
            () -> now);
    capacity = store.capacity();
    chains = new Chains(store);
    audit = new AuditChain(chains, () -> now);
    checks = new PledgeChecks(chains, audit);
    TestMachine.reset();
  }

  /** That many rows, one append each. */
  void append(int rows) {
    for (var i = 0; i < rows; i++) {
      audit.append(ACCESS, List.of("row"));
    }
  }

  static List<String> texts(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "row " + i).toList();
  }

  /** The rows' texts as they lie there, in order. */
  List<String> rows() {
    var rows = new ArrayList<String>();
    audited().stream()
        .filter(item -> !text(item, "sk").equals("HEAD"))
        .sorted((one, other) -> text(one, "sk").compareTo(text(other, "sk")))
        .forEach(item -> rows.add(text(item, "outcome")));
    return rows;
  }

  Map<String, AttributeValue> row(long sequence) {
    return new HashMap<>(item(Chains.sort(sequence)));
  }

  Map<String, AttributeValue> item(String sort) {
    return TestMachine.item(Table.AUDIT, PARTITION, sort);
  }

  void remove(long sequence) {
    remove(Chains.sort(sequence));
  }

  void remove(String sort) {
    delete(item(sort));
  }

  /** Puts an altered copy of a row there; other attributes, or another place. */
  void alter(String sort, UnaryOperator<Map<String, AttributeValue>> change) {
    TestMachine.put(Table.AUDIT, change.apply(new HashMap<>(item(sort))));
  }

  void alter(long sequence, String attribute, AttributeValue value) {
    alter(
        Chains.sort(sequence),
        item -> {
          item.put(attribute, value);
          return item;
        });
  }

  static AttributeValue bytes(String text) {
    return AttributeValue.fromB(SdkBytes.fromUtf8String(text));
  }

  private static List<Map<String, AttributeValue>> audited() {
    return TestMachine.scan(Table.AUDIT).stream()
        .filter(item -> text(item, "pk").equals(PARTITION))
        .toList();
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return item.getOrDefault(name, AttributeValue.fromS("")).s();
  }

  private static void delete(Map<String, AttributeValue> item) {
    TestMachine.dynamo()
        .deleteItem(
            request ->
                request
                    .tableName(Table.AUDIT.resource())
                    .key(
                        Map.of(
                            "pk",
                            AttributeValue.fromS(text(item, "pk")),
                            "sk",
                            AttributeValue.fromS(text(item, "sk")))));
  }
}
