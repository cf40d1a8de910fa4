package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class MachineClockTest {
  private static final Instant START = Instant.parse("2026-01-31T00:00:00Z");

  private final MachineClock clock = MachineClock.frozen(START);

  @Test
  void standsStill() {
    assertThat(clock.instant()).isEqualTo(START).isEqualTo(clock.instant());
  }

  @Test
  void advancesByADuration() {
    clock.advance(Duration.ofHours(1));

    assertThat(clock.instant()).isEqualTo("2026-01-31T01:00:00Z");
  }

  @Test
  void advancesByACalendarMonth() {
    clock.advance(Period.ofMonths(1));

    assertThat(clock.instant()).isEqualTo("2026-02-28T00:00:00Z");
  }

  @Test
  void doesNotGoBack() {
    assertThatThrownBy(() -> clock.set(START.minusSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only moves forward");
    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> clock.advance(Period.ofDays(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(clock.instant()).isEqualTo(START);
  }

  @Test
  void goesBackToRealTimeWhenTold() {
    clock.set(Instant.parse("2999-01-01T00:00:00Z"));
    clock.reset();

    assertThat(clock.instant()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(clock.isTicking()).isTrue();
  }

  @Test
  void ticksOnFromWhereItWasMoved() throws InterruptedException {
    var ticking = MachineClock.ticking();
    ticking.advance(Duration.ofDays(30));
    var before = ticking.instant();
    Thread.sleep(5);

    assertThat(ticking.instant()).isAfter(before);
    assertThat(ticking.offset()).isCloseTo(Duration.ofDays(30), Duration.ofSeconds(1));
  }

  @Test
  void tellsItsListeners() {
    var moves = new AtomicInteger();
    clock.onMove(moves::incrementAndGet);
    clock.advance(Duration.ofDays(1));
    clock.reset();

    assertThat(moves).hasValue(2);
  }
}
