package pledge.store;

import pledge.vault.Place;

/**
 * Where one record stands.
 *
 * @param partition opaque: a subject's id, a pseudonym, a keyed hash
 * @param sort opaque ids and times only
 */
public record Ref<T>(Kind<T> kind, String partition, String sort) {
  /** What follows the kind's prefix; empty where there is one record of the kind. */
  public String id() {
    var start = kind.prefix().length() + 1;
    return sort.length() < start ? "" : sort.substring(start);
  }

  Place place(int schemaVersion) {
    return new Place(kind.category().table(), partition, sort, schemaVersion);
  }
}
