package pledge.local;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes steps of some work, one after the other in a thread of its own, for as long as the machine
 * runs.
 */
final class Pump implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(20);

  /** One step of the work. */
  @FunctionalInterface
  interface Work {
    Step step() throws InterruptedException;
  }

  /** What a step found. */
  enum Step {
    /** Something was done; there may be more. */
    WORKED,
    /** Something is to be done, but not yet. */
    WAITING,
    /** Nothing is to be done. */
    IDLE
  }

  private final Work work;
  private final Duration rest;
  private final AtomicLong activity;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean woken;
  private boolean closed;
  private long pass;
  private long lastIdlePass;

  /**
   * @param rest how long to leave an idle work alone unless woken
   * @param activity counts the steps in which something was done, over all pumps
   */
  Pump(String name, Duration rest, AtomicLong activity, Work work) {
    this.work = work;
    this.rest = rest;
    this.activity = activity;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Looks for work now. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a step that begins after now and finds nothing to do; false if the time was not
   * enough.
   */
  boolean awaitIdle(long deadlineNanos) throws InterruptedException {
    lock.lock();
    try {
      var wanted = pass + 1;
      woken = true;
      changed.signalAll();
      while (lastIdlePass < wanted && !closed) {
        if (changed.awaitNanos(deadlineNanos - System.nanoTime()) <= 0) {
          return false;
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  String name() {
    return thread.getName();
  }

  private void run() {
    try {
      while (begin()) {
        end(step());
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  private Step step() throws InterruptedException {
    try {
      return work.step();
    } catch (RuntimeException e) {
      if (!isClosed()) {
        System.out.println(thread.getName() + ": " + e);
      }
      return Step.WAITING;
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      woken = false;
      pass++;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void end(Step step) throws InterruptedException {
    lock.lock();
    try {
      switch (step) {
        case WORKED -> activity.incrementAndGet();
        case WAITING -> rest(RETRY);
        case IDLE -> {
          lastIdlePass = pass;
          changed.signalAll();
          rest(rest);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void rest(Duration time) throws InterruptedException {
    var left = time.toNanos();
    while (!woken && !closed && left > 0) {
      left = changed.awaitNanos(left);
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
