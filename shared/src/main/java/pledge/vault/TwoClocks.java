package pledge.vault;

import java.time.Duration;
import java.time.Instant;

/**
 * The moment of a scheduled run by two clocks: the function's own, and the schedule's, which is in
 * the event. What is destroyed because its time is over is destroyed by the earlier of both, so
 * that one clock that runs ahead destroys nothing early.
 *
 * @param own what the function's clock shows
 * @param schedule when the run was due; not after now, and earlier where the event came late
 */
public record TwoClocks(Instant own, Instant schedule) {
  private static final Duration BEHIND = Duration.ofMinutes(5);

  /** EventBridge gives an event up after a day. */
  private static final Duration AHEAD = Duration.ofDays(1);

  public Instant earlier() {
    return own.isBefore(schedule) ? own : schedule;
  }

  public Instant later() {
    return own.isBefore(schedule) ? schedule : own;
  }

  /** How late the event came, by our clock. */
  public Duration late() {
    return Duration.between(schedule, own);
  }

  /**
   * How far the clocks are apart, where a late event does not explain it: ours is behind, or ahead
   * by more than an event can be late. Else zero.
   */
  public Duration skew() {
    var late = late();
    var explained = late.compareTo(BEHIND.negated()) >= 0 && late.compareTo(AHEAD) <= 0;
    return explained ? Duration.ZERO : late.abs();
  }
}
