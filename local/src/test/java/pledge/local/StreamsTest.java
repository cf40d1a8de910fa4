package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class StreamsTest {
  @Test
  void givesTheFunctionWhatItsFilterLetsThrough() {
    try (var machine = Sample.start()) {
      Sample.put(machine, "seen#1");
      Sample.put(machine, "unseen#2");
      Sample.put(machine, "seen#3");
      machine.settle();

      assertThat(keys(machine)).containsExactly("seen#1", "seen#3");
    }
  }

  @Test
  void triesAFailingRecordAgainThenReportsItAndGoesOn() {
    try (var machine = Sample.start()) {
      Sample.put(machine, "seen#poison");
      Sample.put(machine, "seen#good");
      machine.settle();

      // Three retries after the first time.
      assertThat(keys(machine)).filteredOn("seen#poison"::equals).hasSize(4);
      assertThat(keys(machine)).contains("seen#good");
      assertThat(machine.queue("DeadLetters").bodies())
          .singleElement()
          .satisfies(
              letter ->
                  assertThat(Json.parse(letter).path("requestContext").path("condition").asText())
                      .isEqualTo("RetryAttemptsExhausted"));
    }
  }

  @Test
  void carriesARecordThroughPipeAndQueue() {
    try (var machine = Sample.start()) {
      Sample.put(machine, "job#1");
      machine.settle();

      assertThat(Recorder.seen(machine, "queue"))
          .singleElement()
          .satisfies(
              message -> {
                assertThat(message.path("body").asText()).isEqualTo("{\"job\":\"job#1\"}");
                assertThat(message.path("count").asText()).isEqualTo("1");
                assertThat(message.path("source").asText()).endsWith(":JobsQueue");
                assertThat(message.path("md5").asText()).hasSize(32);
              });
      assertThat(machine.queue("JobsQueue").depth()).isZero();
    }
  }

  @Test
  void deliversAFailingMessageAgainUntilItIsADeadLetter() {
    try (var machine = Sample.start()) {
      Sample.put(machine, "job#poison");
      Sample.put(machine, "job#good");
      machine.settle();

      assertThat(bodies(machine)).filteredOn(body -> body.contains("poison")).hasSize(3);
      assertThat(bodies(machine)).filteredOn(body -> body.contains("good")).hasSize(1);
      assertThat(machine.queue("JobsQueue").depth()).isZero();
      assertThat(machine.queue("DeadLetters").bodies()).containsExactly("{\"job\":\"job#poison\"}");
    }
  }

  @Test
  void tellsAnExpiredItemFromADeletedOne() {
    try (var machine = Sample.start()) {
      Sample.put(machine, expiring("seen#expired", 3600));
      Sample.put(machine, "seen#deleted");
      try (var client = Sample.dynamo(machine)) {
        client.deleteItem(
            request ->
                request
                    .tableName(Sample.TABLE)
                    .key(Map.of("pk", AttributeValue.fromS("seen#deleted"))));
      }
      machine.clock().advance(Duration.ofHours(2));
      machine.settle();

      assertThat(Recorder.seen(machine, "stream"))
          .filteredOn(record -> record.path("name").asText().equals("REMOVE"))
          .extracting(record -> record.path("key").asText() + " by " + record.path("by").asText())
          .containsExactlyInAnyOrder("seen#expired by dynamodb.amazonaws.com", "seen#deleted by ");
    }
  }

  @Test
  void keepsWhatHasNotExpired() {
    try (var machine = Sample.start()) {
      Sample.put(machine, expiring("seen#1", 3600));
      machine.clock().advance(Duration.ofMinutes(59));
      machine.settle();

      assertThat(machine.count(Sample.TABLE)).isEqualTo(1);
    }
  }

  @Test
  void leavesExpiredItemsUntilToldWhereExpiryIsOff() {
    try (var machine = Machine.start(Sample.options().withoutExpiry())) {
      Sample.put(machine, expiring("seen#1", 60));
      machine.clock().advance(Duration.ofDays(1));
      machine.settle();
      assertThat(machine.count(Sample.TABLE)).isEqualTo(1);

      machine.expireNow();
      assertThat(machine.count(Sample.TABLE)).isZero();
    }
  }

  @Test
  void answersWhatTheTemplateSaysOfExpiryAndBackups() {
    try (var machine = Machine.start(Sample.options().withoutFunctions());
        var client = Sample.dynamo(machine)) {
      assertThat(
              client
                  .describeTimeToLive(request -> request.tableName(Sample.TABLE))
                  .timeToLiveDescription()
                  .attributeName())
          .isEqualTo("expiresAt");
      assertThat(
              client
                  .describeContinuousBackups(request -> request.tableName(Sample.TABLE))
                  .continuousBackupsDescription()
                  .pointInTimeRecoveryDescription()
                  .recoveryPeriodInDays())
          .isEqualTo(7);
    }
  }

  @Test
  void protectsATableAsTheTemplateSays() {
    try (var machine = Machine.start(Sample.options().withoutFunctions());
        var client = Sample.dynamo(machine)) {
      var table = client.describeTable(request -> request.tableName(Sample.TABLE)).table();

      assertThat(table.deletionProtectionEnabled()).isTrue();
      assertThat(table.globalSecondaryIndexes())
          .singleElement()
          .extracting(index -> index.indexName())
          .isEqualTo("byOther");
    }
  }

  private static Map<String, AttributeValue> expiring(String key, long seconds) {
    return Map.of(
        "pk", AttributeValue.fromS(key),
        "expiresAt", AttributeValue.fromN(Long.toString(Sample.NOON.getEpochSecond() + seconds)));
  }

  private static List<String> keys(Machine machine) {
    return texts(Recorder.seen(machine, "stream"), "key");
  }

  private static List<String> bodies(Machine machine) {
    return texts(Recorder.seen(machine, "queue"), "body");
  }

  private static List<String> texts(List<JsonNode> seen, String field) {
    return seen.stream().map(one -> one.path(field).asText()).toList();
  }
}
