package pledge.billingclock;

import java.time.Duration;
import java.util.stream.Stream;
import pledge.billing.OverduePayments;
import pledge.billing.OverduePayments.Grace;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.subject.Notices;
import pledge.vault.Environment;

/**
 * What this function is made of.
 *
 * @param stuckAfter how long an assistant's task stands before somebody is to go on with it anew
 */
record Wiring(Store store, OverduePayments overdue, Duration stuckAfter) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var clock = environment.clock();
    // ISO 8601, as P3D.
    var grace =
        new Grace(
            Stream.of(environment.setting("OVERDUE_NOTICES_AFTER").split(",", -1))
                .map(Duration::parse)
                .toList(),
            Duration.parse(environment.setting("OVERDUE_SUSPENSION_AFTER")));
    return new Wiring(
        backend.store(),
        new OverduePayments(backend, new Notices(backend, clock), grace, clock),
        Duration.parse(environment.setting("ASSISTANT_STUCK_AFTER")));
  }
}
