package pledge.retention.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.privacy.Canaries;
import pledge.privacy.Incident;
import pledge.privacy.PledgeCheck;
import pledge.privacy.PledgeCheck.Result;
import pledge.vault.EpochId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@DisplayName("access-controls: the audit sees each way in which a pledge can break")
final class RetentionAuditTest {
  private static final Duration DAY = Duration.ofDays(1);

  private House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  // ── Kept ───────────────────────────────────────────────────────────────────────────────────

  @Test
  void isAboutThePledgesThatItLooksAtAndNoOthers() {
    house.audit();

    assertThat(house.latest())
        .containsOnlyKeys(
            Pledge.SERVER_LOGS,
            Pledge.STAFF_ACCESS,
            Pledge.ENCRYPTED_AT_REST,
            Pledge.ACCOUNT_30D,
            Pledge.LOGS_30D,
            Pledge.CONTENT_24H,
            Pledge.ANALYTICS_13M,
            Pledge.BILLING_7Y,
            Pledge.ACCESS_CONTROLS);
  }

  @Test
  @DisplayName("logs-30d, content-24h, analytics-13m, billing-7y: kept in a life of 45 days")
  void findsAllKeptForFortyFiveDays() {
    for (var day = 0; day < 45; day++) {
      assertThat(house.audit()).as("day %d", day).isEmpty();
      house.pass(DAY);
    }

    assertThat(house.evidence(Pledge.LOGS_30D))
        .contains("no key past its end", "90 readable as they should be");
    assertThat(house.incidents()).isEmpty();
  }

  @Test
  @DisplayName("analytics-13m: kept in a life of 16 months")
  void findsAllKeptForSixteenMonths() {
    for (var step = 0; step < 32; step++) {
      assertThat(house.audit()).as("step %d", step).isEmpty();
      house.pass(Duration.ofDays(15).plusHours(7));
    }
  }

  @Test
  @DisplayName("content-24h: kept in a life of 30 hours, looked at every hour")
  void findsAllKeptEveryHour() {
    for (var hour = 0; hour < 30; hour++) {
      assertThat(house.audit()).as("hour %d", hour).isEmpty();
      house.pass(Duration.ofMinutes(61));
    }
    house.audit();

    assertThat(house.evidence(Pledge.CONTENT_24H)).contains("24 readable as they should be");
  }

  @Test
  void isNotMisledByDaysOnWhichItDidNotRun() {
    house.audit();
    house.pass(DAY.multipliedBy(9));
    assertThat(house.audit()).isEmpty();
    house.pass(DAY.multipliedBy(200));
    assertThat(house.audit()).isEmpty();
  }

  // ── Keys ───────────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "{1}: a key that is there after its end")
  @CsvSource({"24h, content-24h", "30d, logs-30d", "13m, analytics-13m"})
  void findsAKeyThatOutlivesItsPeriod(String period, String pledge) {
    var begin = house.machine.clock().instant();
    var epoch = EpochId.of(period(period), begin);
    house.backend.vault().prepareEpochKey(epoch);
    var key =
        house.items(Table.EPOCH_KEYS, "KEY").stream()
            .filter(item -> item.toString().contains(epoch.value()))
            .findFirst()
            .orElseThrow();
    house.pass(Duration.between(begin, epoch.endsAt()).plusMinutes(20));
    // Back, as from a backup that should not be, and without the expiry.
    house.put(Table.EPOCH_KEYS, key, item -> item.remove("expiresAt"));

    assertThat(house.audit()).containsEntry(pledge, "AT_RISK").doesNotContainValue("BROKEN");
    house.pass(Duration.ofMinutes(11));
    assertThat(house.audit()).containsEntry(pledge, "BROKEN");
    assertThat(house.evidence(Pledge.byId(pledge).orElseThrow()))
        .contains("1 past their end, by up to 0 days 0 h 31 min");
  }

  private static RetentionPeriod period(String code) {
    return RetentionPeriod.WITH_EPOCHS.stream()
        .filter(period -> period.code().equals(code))
        .findFirst()
        .orElseThrow();
  }

  // ── Canaries ───────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "{2}: a canary of {0} that is gone too early")
  @CsvSource({
    "SERVER_LOG, ACTIVITY, logs-30d",
    "ACCOUNT, SUBJECTS, account-30d",
    "BILLING_RECORD, BILLING, billing-7y",
    "USAGE_ANALYTICS, USAGE, analytics-13m",
    "NOTICE, SUBJECTS, access-controls"
  })
  void findsACanaryThatIsGoneTooEarly(Category category, Table table, String pledge) {
    house.audit();
    house.pass(DAY);
    house.delete(table, house.items(table, "CANARY#" + category).getFirst());
    // What is planted once a month is not planted anew, as long as something lies there.
    if (table != Table.ACTIVITY && category != Category.NOTICE) {
      house.pass(DAY.multipliedBy(12));
    }

    assertThat(house.audit()).containsEntry(pledge, "BROKEN");
    assertThat(house.evidence(Pledge.byId(pledge).orElseThrow()))
        .contains(category + " 1 unreadable before the period's end");
  }

  @Test
  @DisplayName("logs-30d: a day's key that is destroyed too early")
  void findsADaysKeyThatIsDestroyedTooEarly() {
    house.audit();
    var epoch = EpochId.of(RetentionPeriod.DAYS_30, house.machine.clock().instant());
    house.pass(DAY);
    house.backend.vault().destroyEpochKey(epoch);

    assertThat(House.notKept(House.run(house.anotherInstance())))
        .containsEntry("logs-30d", "BROKEN")
        .containsEntry("server-logs", "BROKEN");
  }

  @Test
  @DisplayName("account-30d: the canary's own key is destroyed")
  void findsThatTheSubjectsKeyIsDestroyed() {
    house.audit();
    house.pass(DAY);
    house.backend.vault().destroySubjectKey(Canaries.SUBJECT);

    assertThat(House.notKept(House.run(house.anotherInstance())))
        .containsEntry("account-30d", "BROKEN");
  }

  @Test
  @DisplayName("access-controls: a record that can be read for too long")
  void findsARecordThatIsReadableForTooLong() {
    house.audit();
    var notice = house.items(Table.SUBJECTS, "CANARY#NOTICE").getFirst();
    house.put(
        Table.SUBJECTS, notice, item -> item.put("expiresAt", AttributeValue.fromN("4000000000")));
    house.pass(DAY.multipliedBy(29));
    assertThat(house.audit()).isEmpty();
    house.pass(DAY);

    assertThat(house.audit()).containsOnly(Map.entry("access-controls", "BROKEN"));
    assertThat(house.evidence(Pledge.ACCESS_CONTROLS))
        .contains("NOTICE 1 readable after the period's end");
  }

  @Test
  @DisplayName("logs-30d: what cannot be read any more, and is not removed")
  void findsWhatIsNotRemoved() {
    house.audit();
    var log = house.items(Table.ACTIVITY, "CANARY#SERVER_LOG").getFirst();
    house.put(
        Table.ACTIVITY, log, item -> item.put("expiresAt", AttributeValue.fromN("4000000000")));
    house.pass(DAY.multipliedBy(33));
    assertThat(house.audit()).isEmpty();
    house.pass(DAY);

    assertThat(house.audit())
        .containsOnly(Map.entry("logs-30d", "BROKEN"), Map.entry("server-logs", "BROKEN"));
    assertThat(house.evidence(Pledge.LOGS_30D)).contains("SERVER_LOG 1 not removed");
  }

  // ── Tables ─────────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "{3}: {0} with {2} for {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "BillingTable | RecoveryPeriodInDays: 35 | RecoveryPeriodInDays: 7 | billing-7y",
        "SubjectsTable | RecoveryPeriodInDays: 7 | RecoveryPeriodInDays: 35 | account-30d",
        "EpochKeysTable | PointInTimeRecoveryEnabled: false | PointInTimeRecoveryEnabled: true |"
            + " content-24h",
        "ActivityTable | expiresAt, Enabled: true | expiresAt, Enabled: false | logs-30d",
        "UsageTable | DeletionProtectionEnabled: true | DeletionProtectionEnabled: false |"
            + " analytics-13m",
        "AuditTable | SSEType: KMS, KMSMasterKeyId: !GetAtt TablesKey.Arn | SSEType: KMS |"
            + " encrypted-at-rest",
        "SubjectsTable | SSEEnabled: true | SSEEnabled: false | encrypted-at-rest"
      })
  void findsATableThatIsNotAsDeclared(
      String table, String declared, String other, String pledge, @TempDir Path folder)
      throws IOException {
    house.close();
    house = new House(changed(table, declared, other, folder));

    assertThat(house.audit()).containsEntry(pledge, "BROKEN");
  }

  private static Path changed(String table, String declared, String other, Path folder)
      throws IOException {
    var template = Files.readString(Path.of("../../template.yaml"));
    var start = template.indexOf("\n  " + table + ":");
    var place = template.indexOf(declared, start);
    assertThat(start).isPositive();
    assertThat(place).isPositive();
    return Files.writeString(
        folder.resolve("template.yaml"),
        template.substring(0, place) + other + template.substring(place + declared.length()));
  }

  // ── The audit itself ───────────────────────────────────────────────────────────────────────

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

  // ── Incidents, failures, costs ─────────────────────────────────────────────────────────────

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
              assertThat(incident.kind()).isEqualTo(Incident.PLEDGE_BROKEN);
              assertThat(incident.categories()).contains(Category.API_REQUEST_LOG);
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
  @CsvSource({"3", "20", "36", "38"})
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

    // 36 canaries planted and queried; 5 chains; the 7 tables asked 3 times each.
    assertThat(operations)
        .isEqualTo(
            Map.of(
                "PutItem", 38,
                "Query", 42,
                "GetItem", 17,
                "Scan", 1,
                "DescribeTable", 7,
                "DescribeContinuousBackups", 7,
                "DescribeTimeToLive", 7,
                "TransactWriteItems", 2));
    assertThat(house.machine.kms().calls()).hasSize(9);
  }
}
