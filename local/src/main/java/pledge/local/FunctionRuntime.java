package pledge.local;

import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs one function: as many instances as there are invocations at once, each kept warm for the
 * next. An instance that ran out of time is not used again, as Lambda does not.
 */
final class FunctionRuntime {
  private final FunctionDefinition function;
  private final Class<?> handler;
  private final Map<String, String> settings;
  private final InstantSource clock;
  private final ExecutorService threads;
  private final ConcurrentLinkedDeque<FunctionInstance> idle = new ConcurrentLinkedDeque<>();

  FunctionRuntime(
      FunctionDefinition function,
      Map<String, String> settings,
      InstantSource clock,
      ExecutorService threads) {
    this.function = function;
    this.handler = FunctionInstance.find(function.id(), function.handler());
    this.settings = settings;
    this.clock = clock;
    this.threads = threads;
  }

  FunctionDefinition function() {
    return function;
  }

  Map<String, String> settings() {
    return settings;
  }

  /** Makes an instance before anybody waits for one. */
  void warmUp() {
    threads.execute(
        () -> {
          FunctionLog.enter(function.id());
          try {
            idle.addFirst(FunctionInstance.create(handler, settings, clock));
          } catch (Throwable e) {
            if (!threads.isShutdown()) {
              e.printStackTrace(System.out);
            }
          }
        });
  }

  byte[] invoke(byte[] event) throws FunctionFailure {
    var abandoned = new AtomicBoolean();
    var running = threads.submit(() -> run(event, abandoned));
    try {
      return running.get(function.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      abandoned.set(true);
      running.cancel(true);
      throw report(FunctionFailure.timeout(function));
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw report(
          new FunctionFailure(function.id() + " threw " + cause.getClass().getName(), cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abandoned.set(true);
      running.cancel(true);
      throw new FunctionFailure(function.id() + " was stopped", e);
    }
  }

  private byte[] run(byte[] event, AtomicBoolean abandoned) throws Exception {
    FunctionLog.enter(function.id());
    var instance = idle.pollFirst();
    try {
      if (instance == null) {
        instance = FunctionInstance.create(handler, settings, clock);
      }
      return instance.handle(event, new InvocationContext(function, UUID.randomUUID().toString()));
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    } finally {
      // An instance whose handler threw is kept, as Lambda keeps it; one that could not start is
      // not.
      if (instance != null && !abandoned.get()) {
        idle.addFirst(instance);
      }
    }
  }

  private FunctionFailure report(FunctionFailure failure) {
    threads.execute(
        () -> {
          FunctionLog.enter(function.id());
          if (failure.getCause() != null) {
            failure.getCause().printStackTrace(System.out);
          } else {
            System.out.println(failure.getMessage());
          }
        });
    return failure;
  }
}
