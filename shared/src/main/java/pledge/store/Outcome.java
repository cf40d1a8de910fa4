package pledge.store;

/** What became of a conditional write. */
public sealed interface Outcome {
  /** It is written, durably. */
  record Written() implements Outcome {}

  /**
   * A condition did not hold, so nothing was written.
   *
   * @param position of the first write that was refused, counted from 0 in the order they were
   *     added
   */
  record Refused(int position) implements Outcome {}

  /** Whether it is written. */
  default boolean written() {
    return this instanceof Written;
  }
}
