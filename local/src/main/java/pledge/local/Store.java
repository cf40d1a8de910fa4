package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;

/**
 * What the machine itself must not forget over a restart: messages not yet handled, positions in
 * streams, mails. Kinds and ids are letters, digits, points, dashes and underscores.
 */
interface Store {
  void put(String kind, String id, JsonNode value);

  void remove(String kind, String id);

  /** Everything of one kind by id, in the order of ids. */
  SortedMap<String, JsonNode> all(String kind);

  /**
   * Forgets everything with the machine, as tests want it: whoever puts here keeps what it needs to
   * go on.
   */
  static Store none() {
    return new Store() {
      @Override
      public void put(String kind, String id, JsonNode value) {}

      @Override
      public void remove(String kind, String id) {}

      @Override
      public SortedMap<String, JsonNode> all(String kind) {
        return java.util.Collections.emptySortedMap();
      }
    };
  }
}
