package pledge.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may go wrong between a function and its tables, for tests. It stands before the database and
 * sees only what functions ask for, not what the machine itself does there.
 *
 * <p>A cut happens once: the SDK opens a new connection, tries again and succeeds. A death lasts
 * until {@link #reset}: nothing of that process reaches the database any more, as if it had been
 * killed. Since the process is there all the same, each attempt is told {@code
 * UnrecognizedClientException}, after which the SDK does not try again.
 */
public final class DynamoDbFaults {
  private static final Set<String> WRITES =
      Set.of("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems");

  private static final String DEATH = "UnrecognizedClientException";

  private final List<String> operations = new ArrayList<>();
  private int writes;
  private @Nullable Plan plan;
  private boolean dead;
  private int failures;
  private String failure = "";
  private Duration delay = Duration.ZERO;

  DynamoDbFaults() {}

  /** What to do with one request. */
  sealed interface Fate {
    /** It goes through. */
    record Pass() implements Fate {}

    /** The connection ends; {@code reached} says whether the database has done the work by then. */
    record Cut(boolean reached) implements Fate {}

    /** The database says no; {@code reached} says whether it has done the work all the same. */
    record Refuse(String type, boolean reached) implements Fate {}
  }

  private record Plan(int write, boolean reached, boolean forGood) {}

  /** Cuts the connection before the n-th write from now (1 is the next) reaches the database. */
  public synchronized void cutBeforeWrite(int n) {
    plan = new Plan(writes + n, false, false);
  }

  /** Cuts the connection after the n-th write from now was done, before its answer. */
  public synchronized void cutAfterWrite(int n) {
    plan = new Plan(writes + n, true, false);
  }

  /** Dies before the n-th write from now: it is not done, and nothing after it. */
  public synchronized void dieBeforeWrite(int n) {
    plan = new Plan(writes + n, false, true);
  }

  /** Dies after the n-th write from now: it is done, and nothing after it. */
  public synchronized void dieAfterWrite(int n) {
    plan = new Plan(writes + n, true, true);
  }

  /**
   * Answers the next n requests with an error such as {@code
   * ProvisionedThroughputExceededException}.
   */
  public synchronized void failNext(int n, String errorType) {
    failures = n;
    failure = errorType;
  }

  /** Lets every request wait. */
  public synchronized void delay(Duration by) {
    delay = by;
  }

  /** The operations asked for since the last {@link #reset}, such as {@code PutItem}, in order. */
  public synchronized List<String> operations() {
    return List.copyOf(operations);
  }

  /** How many of the {@link #operations} were writes. */
  public synchronized int writes() {
    return writes;
  }

  /** Whether a planned death has come to pass. */
  public synchronized boolean isDead() {
    return dead;
  }

  /** No faults any more, nothing recorded. */
  public synchronized void reset() {
    operations.clear();
    writes = 0;
    plan = null;
    dead = false;
    failures = 0;
    delay = Duration.ZERO;
  }

  synchronized Duration delay() {
    return delay;
  }

  synchronized Fate fate(String operation) {
    operations.add(operation);
    if (dead) {
      return new Fate.Refuse(DEATH, false);
    }
    if (failures > 0) {
      failures--;
      return new Fate.Refuse(failure, false);
    }
    if (isWrite(operation)) {
      writes++;
      var due = Optional.ofNullable(plan).filter(planned -> planned.write == writes);
      if (due.isPresent()) {
        plan = null;
        dead = due.get().forGood;
        return dead ? new Fate.Refuse(DEATH, due.get().reached) : new Fate.Cut(due.get().reached);
      }
    }
    return new Fate.Pass();
  }

  static boolean isWrite(String operation) {
    return WRITES.contains(operation);
  }
}
