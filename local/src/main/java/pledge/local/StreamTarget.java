package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Where a stream's records go. */
@FunctionalInterface
interface StreamTarget {
  /** How a target that took everything answers. */
  int NONE_FAILED = -1;

  /**
   * Hands over a batch.
   *
   * @return the index of the first record that failed, or {@link #NONE_FAILED}
   * @throws FunctionFailure if the batch failed as a whole
   */
  int deliver(List<JsonNode> records) throws FunctionFailure;
}
