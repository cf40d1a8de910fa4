package pledge.store;

import java.util.concurrent.atomic.DoubleAdder;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * What was consumed of DynamoDB, in its own units, so that a test can say what an operation costs.
 * DynamoDB is asked only where somebody counts: to read its answer takes 20 ms of a cold start.
 */
public final class Capacity {
  private final DoubleAdder read = new DoubleAdder();
  private final DoubleAdder written = new DoubleAdder();
  private volatile boolean counts;

  Capacity() {}

  /** Read units (4 KB read strongly, or 8 KB eventually). */
  public double readUnits() {
    return read.sum();
  }

  /** Write units (1 KB written; twice that in a transaction). */
  public double writeUnits() {
    return written.sum();
  }

  Capacity counting() {
    counts = true;
    return this;
  }

  @Nullable ReturnConsumedCapacity wanted() {
    return counts ? ReturnConsumedCapacity.TOTAL : null;
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
    if (counts) {
      written.add(1);
    }
  }

  private static void add(DoubleAdder sum, @Nullable ConsumedCapacity consumed) {
    if (consumed != null && consumed.capacityUnits() != null) {
      sum.add(consumed.capacityUnits());
    }
  }
}
