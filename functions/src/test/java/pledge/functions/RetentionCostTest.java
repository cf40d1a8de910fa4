package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.vault.Environment;
import pledge.vault.EpochId;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** What it costs to end a period on time, from what DynamoDB says it charges. */
class RetentionCostTest {
  private static final int BATCH = 25;

  @Test
  @DisplayName("content-24h: one key write makes 10 000 records unreadable, as it does one")
  void isOneWriteHoweverMuchThereIs() {
    assertThat(List.of(destroy(1), destroy(10_000)))
        .containsExactly("DeleteItem 1.0", "DeleteItem 1.0");
  }

  /** The writes of the run that destroys an hour of that many records, and their units. */
  private static String destroy(int records) {
    var options = Options.inMemory().withoutExpiry().withFunctions("RetentionScheduleFunction");
    try (var machine = Machine.start(options)) {
      machine
          .clock()
          .set(
              machine
                  .clock()
                  .instant()
                  .truncatedTo(java.time.temporal.ChronoUnit.HOURS)
                  .plus(Duration.ofMinutes(60)));
      machine.settle();
      var hour = EpochId.of(RetentionPeriod.HOURS_24, machine.clock().instant());
      write(machine, hour, records);
      // Every other key is made by the run before, an hour ahead of need, and no other is over.
      machine.clock().set(hour.endsAt().minus(Duration.ofMinutes(15)));
      machine.settle();
      try (var journal = Journal.of("pledge.retention.schedule")) {
        machine.clock().set(hour.endsAt());
        machine.settle();
        var writes = new ArrayList<String>();
        journal.entries().stream()
            .filter(entry -> entry.operation().equals("DeleteItem"))
            .forEach(entry -> writes.add(entry.operation() + " " + entry.writeUnits()));
        return String.join(", ", writes);
      }
    }
  }

  /** Records as they lie there; what is in them costs nothing here. */
  private static void write(Machine machine, EpochId hour, int records) {
    var settings = machine.environment("RetentionScheduleFunction");
    try (var http = Environment.httpClient();
        var dynamo = new Environment(settings, machine.clock()).dynamo(http)) {
      for (var start = 0; start < records; start += BATCH) {
        var batch = new ArrayList<WriteRequest>();
        for (var i = start; i < Math.min(start + BATCH, records); i++) {
          batch.add(record(hour, i));
        }
        write(dynamo, batch);
      }
    }
  }

  private static void write(DynamoDbClient dynamo, List<WriteRequest> batch) {
    var answer =
        dynamo.batchWriteItem(
            request -> request.requestItems(Map.of(Table.ACTIVITY.resource(), batch)));
    assertThat(answer.unprocessedItems()).isEmpty();
  }

  private static WriteRequest record(EpochId hour, int number) {
    var item = new HashMap<String, AttributeValue>();
    item.put("pk", AttributeValue.fromS("subject"));
    item.put("sk", AttributeValue.fromS("CONTENT#" + number));
    item.put("_bucket", AttributeValue.fromS(hour.value() + "#" + number % 16));
    item.put("expiresAt", AttributeValue.fromN(Long.toString(hour.endsAt().getEpochSecond())));
    return WriteRequest.builder().putRequest(put -> put.item(item)).build();
  }
}
