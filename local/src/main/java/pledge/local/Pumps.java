package pledge.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** All that goes on in the background of one machine. */
final class Pumps implements AutoCloseable {
  private final AtomicLong activity = new AtomicLong();
  private final List<Pump> pumps = new ArrayList<>();

  Pump add(String name, Duration rest, Pump.Work work) {
    var pump = new Pump(name, rest, activity, work);
    pumps.add(pump);
    return pump;
  }

  void start() {
    pumps.forEach(Pump::start);
  }

  void wake() {
    pumps.forEach(Pump::wake);
  }

  /**
   * Waits until nothing is left to do anywhere: every pump has found nothing, and none did anything
   * meanwhile.
   *
   * @throws IllegalStateException if that takes longer than the limit of real time
   */
  void settle(Duration limit) {
    var deadline = System.nanoTime() + limit.toNanos();
    try {
      long before;
      do {
        before = activity.get();
        for (var pump : pumps) {
          if (!pump.awaitIdle(deadline)) {
            throw new IllegalStateException(
                "After "
                    + limit.toSeconds()
                    + " s there is still work for "
                    + pump.name()
                    + ": see its function's log.");
          }
        }
      } while (activity.get() != before);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    pumps.forEach(Pump::close);
  }
}
