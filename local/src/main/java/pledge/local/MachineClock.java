package pledge.local;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own time: real time plus an offset, or frozen. Everything on the machine that keeps
 * time (functions, schedules, expiry) asks this clock; only waiting for an answer is measured in
 * real time.
 */
public final class MachineClock implements InstantSource {
  private final InstantSource real;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private Duration offset;
  private @Nullable Instant frozenAt;

  private MachineClock(InstantSource real, Duration offset, @Nullable Instant frozenAt) {
    this.real = real;
    this.offset = offset;
    this.frozenAt = frozenAt;
  }

  /** A clock that ticks with real time. */
  public static MachineClock ticking() {
    return ticking(Duration.ZERO);
  }

  static MachineClock ticking(Duration offset) {
    return new MachineClock(InstantSource.system(), offset, null);
  }

  /** A clock that stands still until it is moved. */
  public static MachineClock frozen(Instant at) {
    return new MachineClock(InstantSource.system(), Duration.ZERO, at);
  }

  @Override
  public synchronized Instant instant() {
    return frozenAt != null ? frozenAt : real.instant().plus(offset);
  }

  /** Whether time passes by itself. */
  public synchronized boolean isTicking() {
    return frozenAt == null;
  }

  /**
   * How far this clock is ahead of real time; zero for a frozen one, which has no such relation.
   */
  public synchronized Duration offset() {
    return offset;
  }

  /**
   * Moves forward.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw backwards();
    }
    move(instant().plus(by));
  }

  /**
   * Moves forward by calendar units, in UTC: {@code P1M} from 31 January ends on the last of
   * February.
   */
  public void advance(Period by) {
    set(instant().atZone(ZoneOffset.UTC).plus(by).toInstant());
  }

  /**
   * Moves forward to the given moment.
   *
   * @throws IllegalArgumentException if that has passed already
   */
  public void set(Instant to) {
    if (to.isBefore(instant())) {
      throw backwards();
    }
    move(to);
  }

  /** Back to real time, ticking: the one way to go back, since whoever asks for it means it. */
  public void reset() {
    synchronized (this) {
      frozenAt = null;
      offset = Duration.ZERO;
    }
    listeners.forEach(Runnable::run);
  }

  /** Calls back after each movement, in the thread that moved the clock. */
  public void onMove(Runnable listener) {
    listeners.add(listener);
  }

  private void move(Instant to) {
    synchronized (this) {
      if (frozenAt != null) {
        frozenAt = to;
      } else {
        offset = Duration.between(real.instant(), to);
      }
    }
    listeners.forEach(Runnable::run);
  }

  private static IllegalArgumentException backwards() {
    return new IllegalArgumentException(
        "The clock only moves forward: what has expired or was sent would have to be taken back.");
  }
}
