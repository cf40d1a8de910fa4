package pledge.retention.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.privacy.Canaries;
import pledge.vault.EpochId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@DisplayName("access-controls: the audit sees each way in which a pledge can break")
final class BrokenPledgesTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

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
    house.delete(table, house.items(table, "CANARY#" + category).getFirst());

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
        .containsOnly(Map.entry("logs-30d", "AT_RISK"), Map.entry("server-logs", "AT_RISK"));
    assertThat(house.evidence(Pledge.LOGS_30D))
        .contains("SERVER_LOG 1 unreadable, and not removed yet");
  }
}
