package pledge.retention.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.policy.Table;
import pledge.privacy.IncidentEntry;
import pledge.privacy.PledgeCheck;
import pledge.privacy.PledgeCheck.Result;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@DisplayName("access-controls: the audit itself")
final class RetentionAuditTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  @DisplayName("staff-access: a row of the audit that was edited, or removed")
  void findsAnAuditThatWasAltered() {
    house.audit();
    var row = house.items(Table.AUDIT, "0000000000000000000").getFirst();
    house.put(Table.AUDIT, row, item -> item.put("evidence", AttributeValue.fromS("all is well")));
    assertThat(house.audit())
        .containsOnly(Map.entry("staff-access", "BROKEN"), Map.entry("access-controls", "BROKEN"));
    house.put(Table.AUDIT, row, item -> {});
    assertThat(house.audit()).isEmpty();
    house.delete(Table.AUDIT, row);

    assertThat(house.audit()).containsEntry("staff-access", "BROKEN");
  }

  @Test
  @DisplayName("abuse-and-incidents: one incident while a pledge stays broken, runs at once or not")
  void opensOneIncident() throws Exception {
    house.audit();
    house.delete(Table.ACTIVITY, house.items(Table.ACTIVITY, "CANARY#API_REQUEST_LOG").getFirst());
    house.pass(DAY);
    try (var executor = Executors.newFixedThreadPool(3)) {
      for (var run :
          executor.invokeAll(
              List.<Callable<Map<String, String>>>of(
                  () -> House.run(house.anotherInstance()),
                  () -> House.run(house.anotherInstance()),
                  () -> House.run(house.anotherInstance())))) {
        assertThat(House.notKept(run.get())).containsOnly(Map.entry("logs-30d", "BROKEN"));
      }
    }
    house.pass(DAY);
    house.audit();

    assertThat(house.incidents())
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.kind()).isEqualTo(IncidentEntry.PLEDGE_BROKEN);
              assertThat(incident.extent().categories()).contains(Category.API_REQUEST_LOG);
            });
  }

  @Test
  void isAtRiskWhereKmsDoesNotAnswerAndStillLooksAtTheRest() {
    house.audit();
    house.pass(DAY);
    house.machine.kms().failNext(1_000, "KMSInternalException", 500);
    assertThatThrownBy(() -> House.run(house.anotherInstance()))
        .isInstanceOf(IllegalStateException.class);
    house.machine.kms().reset();

    var checks = house.latest();
    assertThat(checks.get(Pledge.BILLING_7Y))
        .isNotNull()
        .satisfies(
            check -> {
              assertThat(check.result()).isEqualTo(Result.AT_RISK);
              assertThat(check.evidence())
                  .contains("CanariesCheck could not be run", "as declared");
            });
    assertThat(checks.get(Pledge.STAFF_ACCESS))
        .extracting(PledgeCheck::result)
        .isEqualTo(Result.KEPT);
    assertThat(house.audit()).isEmpty();
  }

  @Test
  void recordsNothingWhereDynamoDbDoesNotAnswer() {
    house.machine.dynamo().failNext(10_000, "InternalServerError");
    assertThatThrownBy(house::audit).isInstanceOf(UnavailableException.class);
    house.machine.dynamo().reset();

    assertThat(house.latest()).isEmpty();
    assertThat(house.audit()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 12, 17, 18})
  void isWholeAfterADeath(int write) {
    house.audit();
    house.pass(DAY);
    house.machine.dynamo().dieAfterWrite(write);
    assertThatThrownBy(() -> House.run(house.anotherInstance()))
        .isInstanceOf(RuntimeException.class);
    house.machine.dynamo().reset();
    house.pass(DAY);

    assertThat(house.audit()).isEmpty();
  }

  @Test
  void costsTheSameHoweverManyPeopleThereAre() {
    for (var i = 0; i < 3; i++) {
      house.audit();
      house.pass(DAY);
    }
    for (var i = 0; i < 40; i++) {
      var visit =
          Map.of("pk", AttributeValue.fromS("somebody" + i), "sk", AttributeValue.fromS("VISIT"));
      house.put(Table.SUBJECTS, visit, item -> {});
      house.put(Table.ACTIVITY, visit, item -> {});
    }
    house.machine.dynamo().reset();
    house.machine.kms().reset();
    House.run(house.anotherInstance());
    var operations = new TreeMap<String, Integer>();
    house.machine.dynamo().operations().forEach(name -> operations.merge(name, 1, Integer::sum));

    // 13 canaries of the hour and day planted; of the hour and day a key and a note.
    // 6 tables walked, 6 chains, that of staff's looks again, the newest checks, what expired,
    // figures of a day and a month, what is open, of both sorts; holds, and who waits for them.
    // How far 2 messages are; 6 chains' heads, 2 of them again; what was planted; the subject's
    // key, 2 new ones missed and then found, those of 3 days and of the month. Each key that is
    // found is opened, 2 are made.
    assertThat(operations)
        .isEqualTo(
            Map.of(
                "PutItem", 17,
                "Query", 21,
                "GetItem", 20,
                "Scan", 1,
                "DescribeTable", 7,
                "DescribeContinuousBackups", 7,
                "DescribeTimeToLive", 7,
                "TransactWriteItems", 2));
    assertThat(house.machine.kms().calls()).hasSize(9);
  }
}
