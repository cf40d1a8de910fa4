package pledge.store;

import java.io.Serial;
import pledge.policy.Category;
import pledge.policy.Purpose;

/**
 * Data was to be read for a purpose that its category does not list (A§4, B§2): a defect of ours,
 * never a state.
 */
public final class PurposeRefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  PurposeRefusedException(Category category, Purpose purpose) {
    super(category + " is not held for " + purpose);
  }
}
