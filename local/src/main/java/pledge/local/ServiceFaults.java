package pledge.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What may go wrong on the way to a third party and back, for tests. A cut happens once; a death
 * lasts until {@link #reset}: nothing of that process reaches the third party any more.
 */
public final class ServiceFaults {
  private final List<String> calls = new ArrayList<>();
  private int failures;
  private int failure;
  private int cutAt;
  private boolean reached;
  private Duration delay = Duration.ZERO;
  private Optional<Runnable> death = Optional.empty();
  private boolean dead;

  ServiceFaults() {}

  /** What becomes of a call. */
  sealed interface Fate {
    /** It is answered. */
    record Pass() implements Fate {}

    /** It is refused with that status, and nothing is done. */
    record Refuse(int status) implements Fate {}

    /** The connection ends without an answer; {@code reached} says whether the work was done. */
    record Cut(boolean reached) implements Fate {}
  }

  /** Answers the next n calls with that status, such as 429 or 500, and does nothing. */
  public synchronized void failNext(int n, int status) {
    failures = n;
    failure = status;
  }

  /** Cuts the connection before the n-th call from now (1 is the next) is done. */
  public synchronized void cutBefore(int n) {
    cutAt = calls.size() + n;
    reached = false;
  }

  /** Cuts the connection after the n-th call from now was done, before its answer. */
  public synchronized void cutAfter(int n) {
    cutAt = calls.size() + n;
    reached = true;
  }

  /**
   * Dies at the n-th call from now.
   *
   * @param done whether that call is still done
   * @param also what else dies then
   */
  public synchronized void die(int n, boolean done, Runnable also) {
    cutAt = calls.size() + n;
    reached = done;
    death = Optional.of(also);
  }

  /** Whether a planned death has come to pass. */
  public synchronized boolean isDead() {
    return dead;
  }

  /** Lets every call wait. */
  public synchronized void delay(Duration by) {
    delay = by;
  }

  /** The calls since the last {@link #reset}: method and path, in order. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** No faults any more, nothing recorded. */
  public synchronized void reset() {
    calls.clear();
    failures = 0;
    cutAt = 0;
    delay = Duration.ZERO;
    death = Optional.empty();
    dead = false;
  }

  synchronized Duration delay() {
    return delay;
  }

  synchronized Fate fate(Call call) {
    calls.add(call.method() + " " + call.path());
    if (dead) {
      return new Fate.Cut(false);
    }
    if (failures > 0) {
      failures--;
      return new Fate.Refuse(failure);
    }
    if (calls.size() != cutAt) {
      return new Fate.Pass();
    }
    death.ifPresent(
        also -> {
          dead = true;
          also.run();
        });
    return new Fate.Cut(reached);
  }
}
