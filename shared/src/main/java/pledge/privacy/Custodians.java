package pledge.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Category;
import pledge.policy.Holding;
import pledge.policy.Processor;
import pledge.processor.Custodian;
import pledge.processor.Documents;
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

  /** Those that hold nothing but copies of records, each under its record's own id. */
  private static final Set<Processor> KNOW_RECORDS_ALONE = knowRecordsAlone();

  /** To hand over may take as long as there is much of it. */
  private static final int COPY_CALLS = 10;

  public Custodians {
    all = List.copyOf(all);
  }

  /** With all the patience that a processor is worth. */
  public Custodians(Custodian... all) {
    this(List.of(all), Duration.ofSeconds(30));
  }

  /**
   * What processors say by which numbers they know a person, other than those of records.
   *
   * @param failed those that did not say
   */
  record Numbers(Map<Processor, List<String>> known, Map<Processor, ProcessorLine> failed) {}

  /**
   * Has each say by which numbers it knows a person.
   *
   * @param before how those stand that were asked before
   */
  Numbers numbers(SubjectId person, Map<Processor, ProcessorLine> before, Instant now) {
    var numbers = new Numbers(new EnumMap<>(Processor.class), new EnumMap<>(Processor.class));
    for (var custodian : all) {
      var processor = custodian.processor();
      if (!KNOW_RECORDS_ALONE.contains(processor)) {
        var line = before.getOrDefault(processor, ProcessorLine.toBeAsked());
        call(processor, longestCall, () -> custodian.numbers(person))
            .ifPresentOrElse(
                known -> numbers.known.put(processor, known),
                () -> numbers.failed.put(processor, line.failed(now)));
      }
    }
    return numbers;
  }

  /** Those of its numbers by which one is asked again for what it deletes later. */
  List<String> forLater(Processor processor, List<String> numbers) {
    return of(processor).map(custodian -> custodian.forLater(numbers)).orElse(numbers);
  }

  private Optional<Custodian> of(Processor processor) {
    return all.stream().filter(custodian -> custodian.processor() == processor).findFirst();
  }

  /**
   * Has one delete what it holds under these numbers.
   *
   * @return how it stands now
   */
  ProcessorLine ask(Processor processor, ProcessorLine line, List<String> numbers, Instant now) {
    return ask(
        processor,
        line,
        numbers,
        now,
        longestCall,
        custodian -> line.answered(custodian.erase(numbers), now));
  }

  /**
   * Has one end what goes on by itself there, while what it holds under these numbers stays.
   *
   * @return how it stands now
   */
  ProcessorLine stop(Processor processor, ProcessorLine line, List<String> numbers, Instant now) {
    return ask(
        processor,
        line,
        numbers,
        now,
        longestCall,
        custodian -> {
          custodian.stop(numbers);
          return ProcessorLine.stopped();
        });
  }

  /**
   * Has one hand over what it holds under these numbers.
   *
   * @return how it stands now; unless it handed over all, what was written is of no use
   */
  ProcessorLine copy(
      Processor processor, ProcessorLine line, List<String> numbers, Documents into, Instant now) {
    return ask(
        processor,
        line,
        numbers,
        now,
        longestCall.multipliedBy(COPY_CALLS),
        custodian -> {
          try {
            return line.answered(custodian.copy(numbers, into), now);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private ProcessorLine ask(
      Processor processor,
      ProcessorLine line,
      List<String> numbers,
      Instant now,
      Duration patience,
      Function<Custodian, ProcessorLine> question) {
    var custodian = of(processor);
    if (custodian.isEmpty() || numbers.isEmpty()) {
      // Never asked about nobody: it would say that nothing is there.
      LOG.error("there is no adapter for {}, or no number", processor);
      return line.failed(now);
    }
    return call(processor, patience, () -> question.apply(custodian.get()))
        .orElseGet(() -> line.failed(now));
  }

  /** What a processor answers; empty where it fails, or does not answer in time. */
  private static <T> Optional<T> call(
      Processor processor, Duration patience, Supplier<T> question) {
    var call = CompletableFuture.supplyAsync(question, Thread::startVirtualThread);
    try {
      return Optional.of(call.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      // Its message may say what it was about.
      var why = Objects.requireNonNullElse(e.getCause(), e).getClass().getSimpleName();
      LOG.warn("{} failed: {}", processor, why);
      return Optional.empty();
    } catch (TimeoutException e) {
      LOG.warn("{} does not answer", processor);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException(processor.shortName(), e);
    }
  }

  private static Set<Processor> knowRecordsAlone() {
    var alone = EnumSet.noneOf(Processor.class);
    var holdings =
        Stream.of(Category.values()).flatMap(category -> category.holdings().stream()).toList();
    for (var processor : Processor.values()) {
      var theirs = holdings.stream().filter(one -> one.processor() == processor).toList();
      if (!theirs.isEmpty() && theirs.stream().allMatch(Holding::underRecordId)) {
        alone.add(processor);
      }
    }
    return alone;
  }
}
