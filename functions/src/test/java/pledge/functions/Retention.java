package pledge.functions;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.store.Residue;
import pledge.vault.Environment;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the schedules do to keys and records of epochs, for tests that look at how they do it. */
final class Retention {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  private Retention() {}

  /** Keys are made ahead; those of long ago are destroyed, and what they left is swept. */
  static void keysAreMadeAndDestroyedAndWhatIsLeftIsSwept() {
    // Without TTL, which might come first.
    var options =
        Options.inMemory()
            .withoutExpiry()
            .withFunctions("RetentionScheduleFunction", "RetentionSweepFunction");
    try (var machine = Machine.start(options);
        var http = Environment.httpClient();
        var dynamo =
            new Environment(machine.environment("RetentionSweepFunction"), machine.clock())
                .dynamo(http)) {
      RetentionPeriod.WITH_EPOCHS.forEach(period -> leave(dynamo, period));
      for (var hour = 0; hour < 3; hour++) {
        machine.clock().advance(Duration.ofHours(1));
        machine.settle();
      }
    }
  }

  /** A key, the note that it had records, and a record. */
  private static void leave(DynamoDbClient dynamo, RetentionPeriod period) {
    var epoch = period.code() + "#" + LONG_AGO;
    put(dynamo, Table.EPOCH_KEYS, Map.of("pk", epoch, "sk", "KEY"));
    put(dynamo, Table.EPOCH_KEYS, Map.of("pk", epoch, "sk", "RESIDUE"));
    for (var table : Residue.tables(period)) {
      put(dynamo, table, Map.of("pk", "subject", "sk", epoch, "_bucket", epoch + "#3"));
    }
  }

  private static void put(DynamoDbClient dynamo, Table table, Map<String, String> texts) {
    var item = new HashMap<String, AttributeValue>();
    texts.forEach((name, text) -> item.put(name, AttributeValue.fromS(text)));
    dynamo.putItem(request -> request.tableName(table.resource()).item(item));
  }
}
