package pledge.store;

import pledge.policy.Table;
import pledge.vault.Environment;
import pledge.vault.Vault;

/**
 * The store and the vault over one connection pool: what every function that keeps something is
 * wired with.
 */
public record Backend(Store store, Vault vault, Throttle throttle) {
  /**
   * As the function's settings say.
   *
   * @throws IllegalStateException naming a setting that is missing
   */
  public static Backend of(Environment environment) {
    var http = Environment.httpClient();
    var dynamo = environment.dynamo(http);
    var tables = Tables.of(environment);
    var vault =
        new Vault(
            environment.kms(http),
            environment.setting("VAULT_KEY"),
            dynamo,
            tables.name(Table.SUBJECT_KEYS),
            tables.name(Table.EPOCH_KEYS),
            environment.clock());
    var store = new Store(dynamo, tables, vault, environment.clock());
    return new Backend(store, vault, new Throttle(store));
  }
}
