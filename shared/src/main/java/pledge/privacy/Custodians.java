package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Processor;
import pledge.processor.Custodian;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * Every processor that may hold something of somebody, each asked with as much patience.
 *
 * @param longestCall how long one call may take; who does not answer for so long is asked again
 *     another time
 */
public record Custodians(List<Custodian> all, Duration longestCall) {
  private static final Logger LOG = LoggerFactory.getLogger(Custodians.class);

  public Custodians {
    all = List.copyOf(all);
  }

  /** With all the patience that a processor is worth. */
  public Custodians(Custodian... all) {
    this(List.of(all), Duration.ofSeconds(30));
  }

  /** The numbers by which each knows a person. */
  Map<Processor, List<String>> numbers(SubjectId person) {
    var numbers = new EnumMap<Processor, List<String>>(Processor.class);
    all.forEach(custodian -> numbers.put(custodian.processor(), custodian.numbers(person)));
    return numbers;
  }

  /**
   * Has one delete what it holds under these numbers.
   *
   * @return how it stands now
   */
  ProcessorLine ask(Processor processor, ProcessorLine line, List<String> numbers, Instant now) {
    var custodian = all.stream().filter(one -> one.processor() == processor).findFirst();
    if (custodian.isEmpty() || numbers.isEmpty()) {
      // Never asked about nobody: it would say that nothing is there.
      LOG.error("there is no adapter for {}, or no number", processor);
      return line.failed(now);
    }
    var call =
        CompletableFuture.supplyAsync(
            () -> custodian.get().erase(numbers), Thread::startVirtualThread);
    try {
      return line.answered(call.get(longestCall.toMillis(), TimeUnit.MILLISECONDS), now);
    } catch (ExecutionException e) {
      // Its message may say what it was about.
      var why = Objects.requireNonNullElse(e.getCause(), e).getClass().getSimpleName();
      LOG.warn("{} failed to delete: {}", processor, why);
      return line.failed(now);
    } catch (TimeoutException e) {
      LOG.warn("{} does not answer", processor);
      return line.failed(now);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException(processor.shortName(), e);
    }
  }
}
