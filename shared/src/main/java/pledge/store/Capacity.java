package pledge.store;

import java.util.concurrent.atomic.DoubleAdder;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;

/**
 * What was consumed of DynamoDB, in its own units, so that a test can say what an operation costs.
 */
public final class Capacity {
  private final DoubleAdder read = new DoubleAdder();
  private final DoubleAdder written = new DoubleAdder();

  Capacity() {}

  /** Read units (4 KB read strongly, or 8 KB eventually). */
  public double readUnits() {
    return read.sum();
  }

  /** Write units (1 KB written; twice that in a transaction). */
  public double writeUnits() {
    return written.sum();
  }

  void read(@Nullable ConsumedCapacity consumed) {
    add(read, consumed);
  }

  void write(@Nullable ConsumedCapacity consumed) {
    add(written, consumed);
  }

  /**
   * A refused conditional write is charged as well; the refusal does not say how much, and our
   * counters are small.
   */
  void refusedWrite() {
    written.add(1);
  }

  private static void add(DoubleAdder sum, @Nullable ConsumedCapacity consumed) {
    if (consumed != null && consumed.capacityUnits() != null) {
      sum.add(consumed.capacityUnits());
    }
  }
}
