package pledge.retention.stream;

import java.util.HashMap;
import java.util.Map;
import pledge.policy.Table;
import pledge.privacy.Expirations;
import pledge.privacy.RecordKinds;
import pledge.store.Backend;
import pledge.store.Contents;
import pledge.vault.Environment;

/** What this function is made of. */
record Wiring(
    Map<String, Table> tables,
    Contents contents,
    Consequences consequences,
    Expirations expirations) {
  static Wiring of(Environment environment) {
    var backend = Backend.of(environment);
    var tables = new HashMap<String, Table>();
    for (var table : Table.values()) {
      environment.optional(table.setting()).ifPresent(name -> tables.put(name, table));
    }
    return new Wiring(
        Map.copyOf(tables),
        new Contents(RecordKinds.ALL),
        new Consequences(backend, environment.clock()),
        new Expirations(backend.store()));
  }
}
