package pledge.policy;

import static java.time.ZoneOffset.UTC;
import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RetentionPeriodTest {
  private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant YEAR_2100 = Instant.parse("2100-01-01T00:00:00Z");

  @ParameterizedTest
  @EnumSource(names = {"API_REQUEST_LOG", "SERVER_LOG", "SECURITY_EVENT"})
  @DisplayName("logs-30d: logs are kept for 30 days under keys of a day")
  void keepsLogsFor30Days(Category category) {
    assertThat(category.retention()).isEqualTo(RetentionPeriod.DAYS_30);
    assertThat(category.retention().length()).isEqualTo(Duration.ofDays(30));
    assertThat(category.retention().epoch()).contains(Epoch.DAY);
  }

  @Test
  @DisplayName("content-24h: request content is kept for 24 hours under keys of an hour")
  void keepsContentFor24Hours() {
    assertThat(Category.REQUEST_CONTENT.retention()).isEqualTo(RetentionPeriod.HOURS_24);
    assertThat(RetentionPeriod.HOURS_24.length()).isEqualTo(Duration.ofHours(24));
    assertThat(RetentionPeriod.HOURS_24.epoch()).contains(Epoch.HOUR);
  }

  @ParameterizedTest
  @EnumSource(names = {"USAGE_ANALYTICS", "METER_LEDGER", "USAGE_AGGREGATE"})
  @DisplayName("analytics-13m: usage analytics are kept for 13 months under keys of a month")
  void keepsAnalyticsFor13Months(Category category) {
    assertThat(category.retention()).isEqualTo(RetentionPeriod.MONTHS_13);
    assertThat(category.retention().epoch()).contains(Epoch.MONTH);
  }

  @Test
  @DisplayName("billing-7y: billing records are kept for 7 years")
  void keepsBillingRecordsFor7Years() {
    assertThat(Category.BILLING_RECORD.retention()).isEqualTo(RetentionPeriod.YEARS_7);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T10:00:00Z, 2026-02-28T10:00:00Z",
    "2028-01-31T10:00:00Z, 2028-02-29T10:00:00Z",
    "2028-02-01T10:00:00Z, 2028-03-01T10:00:00Z",
    "2026-03-01T10:00:00Z, 2026-03-31T10:00:00Z",
    "2026-04-30T10:00:00Z, 2026-05-30T10:00:00Z"
  })
  @DisplayName("account-30d: an erasure ends after 30 days or a calendar month, the earlier")
  void endsAnErasureAtTheEarlierOf30DaysAndAMonth(Instant request, Instant end) {
    assertThat(RetentionPeriod.UNTIL_ERASURE.endsAt(request)).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T00:00:00Z, 2027-02-28T00:00:00Z",
    "2027-01-31T00:00:00Z, 2028-02-29T00:00:00Z",
    "2028-02-29T00:00:00Z, 2029-03-29T00:00:00Z",
    "2026-11-21T12:00:00Z, 2027-12-21T12:00:00Z"
  })
  @DisplayName("analytics-13m: 13 months are counted by the calendar, in UTC")
  void counts13MonthsByTheCalendar(Instant made, Instant end) {
    assertThat(RetentionPeriod.MONTHS_13.endsAt(made)).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({
    "2028-02-29T00:00:00Z, 2035-02-28T00:00:00Z",
    "2026-11-21T12:00:00Z, 2033-11-21T12:00:00Z"
  })
  @DisplayName("billing-7y: 7 years are counted by the calendar, in UTC")
  void counts7YearsByTheCalendar(Instant made, Instant end) {
    assertThat(RetentionPeriod.YEARS_7.endsAt(made)).isEqualTo(end);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("account-30d: what an erasure deletes leaves the backups before its time is over")
  void letsNoBackupOutliveAnErasure(Category category) {
    if (category.atErasure() instanceof AtErasure.Kept || !category.personal()) {
      return;
    }
    var random = new SplittableRandom(20261121);
    for (var i = 0; i < 200; i++) {
      var request = anyMoment(random);
      var lastCopy =
          request
              .plus(AtErasure.CHANGE_OF_MIND)
              .plus(Duration.ofDays(category.table().backupDays()));
      assertThat(lastCopy)
          .as("seed 20261121, requested at %s", request)
          .isBefore(RetentionPeriod.UNTIL_ERASURE.endsAt(request));
    }
  }

  /**
   * Of a table with backups, a copy of a record outlives the record. What is sealed in it must then
   * be unreadable, because the key of its epoch has no backup, or be gone within the 30 days that
   * account data may remain.
   */
  @ParameterizedTest
  @EnumSource
  @DisplayName("logs-30d, content-24h, analytics-13m: no readable copy outlives its period")
  void letsNoReadableCopyOutliveItsPeriod(Category category) {
    var backup = Duration.ofDays(category.table().backupDays());
    switch (category.keyScheme()) {
      case NONE -> {}
      case SUBJECT_AND_EPOCH -> assertThat(Table.EPOCH_KEYS.backupDays()).isZero();
      case SUBJECT -> {
        assertThat(category.table()).isEqualTo(Table.SUBJECTS);
        assertThat(backup).isLessThan(Duration.ofDays(30));
      }
    }
  }

  @Test
  @DisplayName("logs-30d, content-24h: logs and request content have no backup at all")
  void keepsNoBackupOfLogs() {
    assertThat(Table.ACTIVITY.backupDays()).isZero();
  }

  @Test
  void givesEachPeriodACodeOfItsOwn() {
    var byCode = new HashMap<String, RetentionPeriod>();
    for (var category : Category.values()) {
      var period = category.retention();
      assertThat(byCode.merge(period.code(), period, (first, second) -> first))
          .as(period.code())
          .isEqualTo(period);
    }
  }

  @Test
  @DisplayName(
      "content-24h, logs-30d, analytics-13m: a key dies within its period, never an epoch"
          + " early")
  void endsAKeyWithinThePeriodAndAtMostAnEpochBefore() {
    var seed = 20261122L;
    var random = new SplittableRandom(seed);
    var keyed =
        Arrays.stream(Category.values())
            .map(Category::retention)
            .filter(period -> period.epoch().isPresent())
            .distinct()
            .toList();
    assertThat(keyed).hasSize(3);
    for (var i = 0; i < 5_000; i++) {
      var made = anyMoment(random);
      for (var period : keyed) {
        var epoch = period.epoch().orElseThrow();
        var keyEnds = period.endsAt(epoch.startOf(made));
        var firstOfTheNext = period.endsAt(epoch.startAfter(made));
        assertThat(keyEnds)
            .as("seed %d, %s made at %s", seed, period.code(), made)
            .isAfter(made)
            .isBeforeOrEqualTo(period.endsAt(made))
            .isBefore(firstOfTheNext);
        // The last record of the epoch would live on to here: the epoch is all that it loses.
        assertThat(firstOfTheNext)
            .as("seed %d, %s made at %s", seed, period.code(), made)
            .isAfterOrEqualTo(period.endsAt(epoch.startAfter(made).minusNanos(1)));
      }
    }
  }

  @Test
  @DisplayName("account-30d: never later than 30 days, never earlier than February is long")
  void endsAnyErasureBetween28And30Days() {
    var seed = 20261123L;
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 5_000; i++) {
      var request = anyMoment(random);
      assertThat(Duration.between(request, RetentionPeriod.UNTIL_ERASURE.endsAt(request)))
          .as("seed %d, requested at %s", seed, request)
          .isBetween(Duration.ofDays(28), Duration.ofDays(30));
    }
  }

  @Test
  void endsNoEarlierForWhatBeganOnALaterDay() {
    var seed = 20261124L;
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 2_000; i++) {
      // By day: a calendar month from the evening of the 30th ends after one from noon of the 31st.
      var first = anyMoment(random).truncatedTo(DAYS);
      var second = first.plus(random.nextLong(1, 40), DAYS);
      for (var category : Category.values()) {
        assertThat(category.retention().endsAt(second))
            .as("seed %d, %s from %s and %s", seed, category.retention().code(), first, second)
            .isAfterOrEqualTo(category.retention().endsAt(first));
      }
    }
  }

  private static Instant anyMoment(SplittableRandom random) {
    var moment =
        Instant.ofEpochMilli(random.nextLong(YEAR_2000.toEpochMilli(), YEAR_2100.toEpochMilli()));
    // Every fourth at the very end of a month, where calendars break.
    if (random.nextInt(4) == 0) {
      var utc = moment.atZone(UTC);
      return utc.withDayOfMonth(utc.toLocalDate().lengthOfMonth()).toInstant();
    }
    return moment;
  }
}
