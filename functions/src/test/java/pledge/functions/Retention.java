package pledge.functions;

import java.time.Duration;
import pledge.local.Machine;
import pledge.local.Options;

/** What the schedules do to the keys of epochs, for tests that look at how they do it. */
final class Retention {
  private Retention() {}

  /** The keys of an hour are made ahead, and destroyed when it is over. */
  static void anHourIsMadeAndDestroyed() {
    // Without TTL, which might come first.
    var options = Options.inMemory().withoutExpiry().withFunctions("RetentionScheduleFunction");
    try (var machine = Machine.start(options)) {
      machine.clock().advance(Duration.ofMinutes(15));
      machine.settle();
      machine.clock().advance(Duration.ofHours(28));
      machine.settle();
    }
  }
}
