package pledge.functions;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import pledge.local.Machine;
import pledge.store.Backend;
import pledge.subject.Usage;
import pledge.vault.Environment;
import pledge.vault.SubjectId;

/** Lets so many customers use something today: what counts it is not built yet. */
final class Customers {
  private Customers() {}

  static void use(Machine machine, int number, String feature) {
    var settings = machine.environment("UsageAggregateFunction");
    var backend = Backend.of(new Environment(settings, machine.clock()));
    var today = LocalDate.ofInstant(machine.clock().instant(), ZoneOffset.UTC);
    for (var i = 0; i < number; i++) {
      var customer = SubjectId.random();
      backend
          .store()
          .transaction()
          .add(backend.vault().newSubjectKey(customer, Instant.parse("2099-01-01T00:00:00Z")))
          .insert(Usage.of(customer, today), new Usage(today, feature, 1, 10))
          .commit();
    }
  }
}
