package pledge.store;

import java.util.function.Function;
import pledge.policy.Category;

/**
 * A type of record: which category it is of, where it stands in a partition, and how it is written
 * and read. A record without a kind, and so without a category, cannot be stored.
 *
 * @param prefix of the sort key; {@code #} and the record's id follow where there are several in a
 *     partition
 * @param schemaVersion raised when the meaning of a field changes; a ciphertext of another version
 *     does not open as this
 */
public record Kind<T>(
    Category category,
    String prefix,
    int schemaVersion,
    Function<T, Fields> write,
    Function<Fields, T> read) {

  /** The same records, as the fields that their category declares. */
  public Kind<Fields> plain() {
    return new Kind<>(category, prefix, schemaVersion, Function.identity(), Function.identity());
  }

  /**
   * Whether that is the place of a record of the kind, and not of one that only begins the same.
   */
  boolean isAt(String sort) {
    return sort.equals(prefix) || sort.startsWith(prefix + "#");
  }

  /** The only record of the kind in that partition. */
  public Ref<T> in(String partition) {
    return new Ref<>(this, partition, prefix);
  }

  /** One of several records of the kind in that partition. */
  public Ref<T> in(String partition, String id) {
    return new Ref<>(this, partition, prefix + "#" + id);
  }
}
