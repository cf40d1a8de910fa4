package pledge.functions;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pledge.local.Machine;
import pledge.vault.Environment;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What stands in a machine's tables, expired or not: read past everything of ours. */
final class RawTables implements AutoCloseable {
  private final DynamoDbClient dynamo;

  RawTables(Machine machine) {
    dynamo =
        new Environment(machine.environment("SignupFunction"), machine.clock())
            .dynamo(Environment.httpClient());
  }

  /** One item, and the table it stands in. */
  record Item(String table, Map<String, AttributeValue> attributes) {
    String pk() {
      return text("pk");
    }

    String sk() {
      return text("sk");
    }

    byte[] binary(String name) {
      return attributes
          .getOrDefault(name, AttributeValue.fromB(SdkBytes.fromUtf8String("")))
          .b()
          .asByteArray();
    }

    String text(String name) {
      return attributes.getOrDefault(name, AttributeValue.fromS("")).s();
    }

    boolean has(String attribute) {
      return attributes.containsKey(attribute);
    }

    /** Every byte of it, names included; binary values as they are. */
    List<byte[]> bytes() {
      var all = new ArrayList<byte[]>();
      attributes.forEach(
          (name, value) -> {
            all.add(name.getBytes(StandardCharsets.UTF_8));
            add(value, all);
          });
      return all;
    }

    private static void add(AttributeValue value, List<byte[]> all) {
      switch (value.type()) {
        case B -> all.add(value.b().asByteArray());
        case BS -> value.bs().forEach(bytes -> all.add(bytes.asByteArray()));
        case S -> all.add(value.s().getBytes(StandardCharsets.UTF_8));
        case L -> value.l().forEach(element -> add(element, all));
        case M -> value.m().values().forEach(element -> add(element, all));
        default -> all.add(value.toString().getBytes(StandardCharsets.UTF_8));
      }
    }

    /** Where it stands; its values stay out of a failing test's report. */
    @Override
    public String toString() {
      return table + " " + pk() + " " + sk() + " " + attributes.keySet();
    }
  }

  /** Every item of every table. */
  List<Item> all() {
    return dynamo.listTables().tableNames().stream()
        .flatMap(table -> scan(table).stream())
        .toList();
  }

  /** Every item of the table that a setting of a function names, such as {@code SUBJECTS_TABLE}. */
  List<Item> of(Machine machine, String setting) {
    return scan(machine.environment("SignupFunction").getOrDefault(setting, ""));
  }

  /** Copies an item to another partition. */
  void put(Item item, String partition) {
    var copy = new HashMap<>(item.attributes());
    copy.put("pk", AttributeValue.fromS(partition));
    dynamo.putItem(request -> request.tableName(item.table()).item(copy));
  }

  /** Deletes such a copy. */
  void delete(Item item, String partition) {
    dynamo.deleteItem(
        request ->
            request
                .tableName(item.table())
                .key(
                    Map.of(
                        "pk",
                        AttributeValue.fromS(partition),
                        "sk",
                        AttributeValue.fromS(item.sk()))));
  }

  /** How often each sort key stands in a partition of the subjects' table, ids cut off. */
  Map<String, Long> kinds(Machine machine, String partition) {
    return of(machine, "SUBJECTS_TABLE").stream()
        .filter(item -> item.pk().equals(partition))
        .collect(
            Collectors.groupingBy(
                item -> item.sk().replaceFirst("^(SESSION|OUTBOX#NOTICE)#.*", "$1"),
                TreeMap::new,
                Collectors.counting()));
  }

  private List<Item> scan(String table) {
    return dynamo
        .scanPaginator(request -> request.tableName(table).consistentRead(true))
        .items()
        .stream()
        .map(attributes -> new Item(table, attributes))
        .toList();
  }

  @Override
  public void close() {
    dynamo.close();
  }
}
