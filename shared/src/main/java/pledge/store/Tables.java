package pledge.store;

import java.util.EnumMap;
import java.util.Map;
import pledge.policy.Table;
import pledge.vault.Environment;

/** The deployed names of the tables that a function may use. */
public final class Tables {
  private final Map<Table, String> names = new EnumMap<>(Table.class);

  private Tables() {}

  /**
   * As the function's settings name them. A table that a function has no setting for is out of its
   * reach.
   */
  public static Tables of(Environment environment) {
    var tables = new Tables();
    for (var table : Table.values()) {
      environment.optional(table.setting()).ifPresent(name -> tables.names.put(table, name));
    }
    return tables;
  }

  /**
   * A table's deployed name.
   *
   * @throws IllegalStateException where the function has no setting for it
   */
  public String name(Table table) {
    var name = names.get(table);
    if (name == null) {
      throw new IllegalStateException("the setting " + table.setting() + " is missing");
    }
    return name;
  }
}
