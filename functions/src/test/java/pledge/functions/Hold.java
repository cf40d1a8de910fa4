package pledge.functions;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** Stops one instance of a function right before one of its writes, and lets it go on later. */
final class Hold implements ExecutionInterceptor {
  private static final Set<String> READS = Set.of("GetItem", "BatchGetItem", "Query", "Scan");

  private final int write;
  private final AtomicInteger writes = new AtomicInteger();
  private final CompletableFuture<Boolean> reached = new CompletableFuture<>();
  private final CompletableFuture<Boolean> released = new CompletableFuture<>();

  /**
   * Before that write.
   *
   * @param write 1 is the first
   */
  Hold(int write) {
    this.write = write;
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    var operation = String.valueOf(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
    if (!READS.contains(operation) && writes.incrementAndGet() == write) {
      reached.complete(true);
      released.join();
    }
  }

  /** Whether there was such a write. */
  boolean isReached() {
    return reached.isDone();
  }

  /** Does some work of the instance; where it is held in that, the others' work first. */
  <T> T run(Supplier<T> work, Runnable others) {
    if (isReached()) {
      return work.get();
    }
    var run = CompletableFuture.supplyAsync(work, Thread::startVirtualThread);
    CompletableFuture.anyOf(run, reached).join();
    if (isReached()) {
      try {
        others.run();
      } finally {
        released.complete(true);
      }
    }
    return run.join();
  }
}
