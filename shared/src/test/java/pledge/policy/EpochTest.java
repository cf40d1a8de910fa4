package pledge.policy;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class EpochTest {
  @ParameterizedTest
  @CsvSource({
    "HOUR, 2026-11-21T22:44:59.999Z, 2026-11-21T22:00:00Z, 2026-11-21T23:00:00Z",
    "HOUR, 2026-12-31T23:59:59Z, 2026-12-31T23:00:00Z, 2027-01-01T00:00:00Z",
    "DAY, 2026-11-21T22:44:00Z, 2026-11-21T00:00:00Z, 2026-11-22T00:00:00Z",
    "DAY, 2028-02-28T12:00:00Z, 2028-02-28T00:00:00Z, 2028-02-29T00:00:00Z",
    "DAY, 2026-02-28T12:00:00Z, 2026-02-28T00:00:00Z, 2026-03-01T00:00:00Z",
    "MONTH, 2026-11-21T22:44:00Z, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
    "MONTH, 2028-02-29T23:59:59Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
    "MONTH, 2026-12-31T23:59:59Z, 2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z"
  })
  void startsAndEndsByTheClockOfUtc(Epoch epoch, Instant moment, Instant start, Instant next) {
    assertThat(epoch.startOf(moment)).isEqualTo(start);
    assertThat(epoch.startAfter(moment)).isEqualTo(next);
  }

  @ParameterizedTest
  @EnumSource
  void beginsAtItsFirstMoment(Epoch epoch) {
    var start = Instant.parse("2026-11-01T00:00:00Z");
    assertThat(epoch.startOf(start)).isEqualTo(start);
    assertThat(epoch.startOf(start.minusNanos(1))).isBefore(start);
  }

  @ParameterizedTest
  @EnumSource
  void holdsEveryMomentInExactlyOneEpoch(Epoch epoch) {
    var seed = 20261125L;
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 5_000; i++) {
      var moment = Instant.ofEpochMilli(random.nextLong(946_684_800_000L, 4_102_444_800_000L));
      var start = epoch.startOf(moment);
      var next = epoch.startAfter(moment);
      assertThat(moment)
          .as("seed %d, %s of %s", seed, epoch, moment)
          .isBetween(start, next)
          .isBefore(next);
      assertThat(epoch.startOf(next)).as("seed %d, %s", seed, next).isEqualTo(next);
      assertThat(epoch.startAfter(start)).as("seed %d, %s", seed, start).isEqualTo(next);
      assertThat(epoch.startOf(next.minusNanos(1))).as("seed %d, %s", seed, next).isEqualTo(start);
    }
  }

  @Test
  void beginsMonthsOnTheFirstAtMidnight() {
    var seed = 20261126L;
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 2_000; i++) {
      var moment = Instant.ofEpochMilli(random.nextLong(946_684_800_000L, 4_102_444_800_000L));
      var start = Epoch.MONTH.startOf(moment).atZone(UTC);
      assertThat(start.getDayOfMonth()).as("seed %d, %s", seed, moment).isOne();
      assertThat(start)
          .as("seed %d, %s", seed, moment)
          .isEqualTo(start.truncatedTo(ChronoUnit.DAYS));
    }
  }
}
