package pledge.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the partial batch response: {@code {"batchItemFailures":[{"itemIdentifier":"..."}]}}. */
final class BatchFailures {
  private BatchFailures() {}

  /**
   * The identifiers of what failed; empty if the answer is of no valid shape, which stands for
   * everything.
   */
  static Optional<List<String>> read(byte[] answer) {
    if (answer.length == 0) {
      return Optional.of(List.of());
    }
    var named = new ArrayList<String>();
    try {
      var tree = Json.parse(answer);
      if (tree.isTextual()) {
        return Optional.empty();
      }
      for (var failure : tree.path("batchItemFailures")) {
        var id = failure.path("itemIdentifier");
        if (!id.isTextual() || id.asText().isEmpty()) {
          return Optional.empty();
        }
        named.add(id.asText());
      }
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    return Optional.of(named);
  }
}
