package pledge.retention.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.policy.Category;
import pledge.policy.Pledge;
import pledge.policy.Table;
import pledge.privacy.Expirations;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@DisplayName("access-controls: the audit finds kept what is kept")
final class KeptPledgesTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void isAboutThePledgesThatItLooksAtAndNoOthers() {
    house.audit();

    assertThat(house.latest())
        .containsOnlyKeys(
            Pledge.SERVER_LOGS,
            Pledge.STAFF_ACCESS,
            Pledge.LEGAL_HOLD,
            Pledge.ANONYMOUS_AGGREGATES,
            Pledge.POLICY_CHANGES,
            Pledge.RIGHTS_DEADLINE,
            Pledge.ERASE_EVERYWHERE,
            Pledge.ENCRYPTED_AT_REST,
            Pledge.ACCOUNT_30D,
            Pledge.LOGS_30D,
            Pledge.CONTENT_24H,
            Pledge.ANALYTICS_13M,
            Pledge.BILLING_7Y,
            Pledge.ACCESS_CONTROLS);
  }

  @Test
  @DisplayName("content-24h: kept in a life of 27 hours, looked at by the hour at its turns")
  void findsAllKeptWhenHoursEnd() {
    live(Duration.ofMinutes(61), 0, 1, 2, 3, 22, 23, 24, 25, 26);

    // Of the fourth hour, which has 17 minutes left, and of the last five.
    assertThat(house.evidence(Pledge.CONTENT_24H))
        .contains("no key past its end", "6 readable as they should be");
  }

  @Test
  @DisplayName("logs-30d: kept in a life of 36 days, looked at by the day at its turns")
  void findsAllKeptWhenDaysEnd() {
    live(DAY, 0, 1, 2, 3, 6, 7, 8, 28, 29, 30, 31, 32, 33, 34, 35);

    // Of three kinds: of the seventh to ninth day, and of the last eight.
    assertThat(house.evidence(Pledge.LOGS_30D))
        .contains("no key past its end", "33 readable as they should be");
    assertThat(house.incidents()).isEmpty();
  }

  @Test
  @DisplayName("analytics-13m: kept in a life of 15 months")
  void findsAllKeptWhenMonthsEnd() {
    live(Duration.ofDays(30).plusHours(7), 0, 1, 2, 7, 13, 14, 15);
  }

  /** Looks after so many steps of time, and finds all kept each time. */
  private void live(Duration step, int... looks) {
    var before = 0;
    for (var look : looks) {
      house.pass(step.multipliedBy(look - before));
      assertThat(house.audit()).as("after %d steps", look).isEmpty();
      before = look;
    }
  }

  @Test
  void isNotMisledByDaysOnWhichItDidNotRun() {
    house.audit();
    house.pass(DAY.multipliedBy(9));
    assertThat(house.audit()).isEmpty();
    house.pass(DAY.multipliedBy(200));
    assertThat(house.audit()).isEmpty();
  }

  @Test
  void saysHowMuchExpiredOnTheDayBefore() {
    var day = LocalDate.ofInstant(house.machine.clock().instant(), ZoneOffset.UTC);
    var expirations = new Expirations(house.backend.store());
    expirations.count(
        day, "activity#1", Map.of(Category.API_REQUEST_LOG, 7L, Category.SECURITY_EVENT, 5L));
    expirations.count(day, "subjects#2", Map.of(Category.NOTICE, 1L));
    house.pass(DAY);
    house.audit();

    assertThat(house.evidence(Pledge.LOGS_30D)).contains("12 records expired on " + day);
    assertThat(house.evidence(Pledge.ACCESS_CONTROLS)).contains("1 record expired on " + day);
    assertThat(house.evidence(Pledge.CONTENT_24H)).doesNotContain("expired on");
  }

  @Test
  void missesNothingOfACategoryFromBeforeThereWasOne() {
    house.audit();
    var canary = house.items(Table.SUBJECTS, "CANARY#NOTICE").getFirst();
    var planted = house.items(Table.AUDIT, "PLANTED").getFirst();
    var before = House.text(planted, "evidence").replaceFirst(" NOTICE:[0-9]+", "");
    house.delete(Table.SUBJECTS, canary);
    house.put(Table.AUDIT, planted, item -> item.put("evidence", AttributeValue.fromS(before)));
    house.pass(DAY);

    assertThat(house.audit()).isEmpty();
    assertThat(house.items(Table.SUBJECTS, "CANARY#NOTICE")).hasSize(1);
  }
}
