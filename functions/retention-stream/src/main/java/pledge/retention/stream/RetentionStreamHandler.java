package pledge.retention.stream;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent.DynamodbStreamRecord;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse.BatchItemFailure;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.privacy.Canaries;
import pledge.vault.Environment;
import pledge.vault.Metrics;
import pledge.vault.UnavailableException;

/**
 * Hears of what the database removed because its time was over, counts it, and does what must
 * follow. Both are the same, however often a batch comes; what cannot be done now comes again, from
 * the record on that it was about.
 */
public final class RetentionStreamHandler
    implements RequestHandler<DynamodbEvent, StreamsEventResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionStreamHandler.class);

  /** Time enough to write the counts down, with retries. */
  private static final long RESERVE_MILLIS = 15_000;

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public RetentionStreamHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public RetentionStreamHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private RetentionStreamHandler(Environment environment) {
    wiring = Wiring.of(environment);
    clock = environment.clock();
  }

  @Override
  public StreamsEventResponse handleRequest(DynamodbEvent event, Context context) {
    return handle(event, () -> context.getRemainingTimeInMillis() > RESERVE_MILLIS);
  }

  StreamsEventResponse handle(DynamodbEvent event, BooleanSupplier hasTime) {
    var tally = new Tally();
    var givenUp = 0;
    Optional<DynamodbStreamRecord> again = Optional.empty();
    for (var record : event.getRecords()) {
      if (!hasTime.getAsBoolean()) {
        again = Optional.of(record);
        break;
      }
      try {
        handle(record, tally);
      } catch (UnavailableException e) {
        LOG.warn("{}: {}", e.getMessage(), e.reason());
        again = Optional.of(record);
        break;
      } catch (RuntimeException e) {
        // To ask for it again would hold up all that come after it, for ever: an alarm instead.
        LOG.error("record {} failed: {}", record.getEventID(), e.getClass().getSimpleName());
        givenUp++;
      }
    }
    try {
      report(tally, givenUp);
    } catch (UnavailableException e) {
      LOG.warn("{}: {}", e.getMessage(), e.reason());
      again = Optional.of(event.getRecords().getFirst());
    }
    return new StreamsEventResponse(again.map(RetentionStreamHandler::from).stream().toList());
  }

  private void handle(DynamodbStreamRecord record, Tally tally) {
    Expired.of(record, wiring.tables()).ifPresent(expired -> handle(expired, tally));
  }

  private void handle(Expired expired, Tally tally) {
    tally.see(expired);
    if (expired.partition().equals(Canaries.SUBJECT.value())) {
      return;
    }
    var category =
        wiring
            .contents()
            .category(expired.table(), expired.partition(), expired.sort())
            .orElseThrow(() -> new IllegalArgumentException("a record of no kind of ours"));
    wiring.consequences().follow(category, expired);
    tally.count(category, expired);
  }

  /**
   * As it is: CloudWatch reads metrics from lines that are JSON and nothing else. Who dies between
   * a count and its line loses the line: the counts are the figure.
   */
  private void report(Tally tally, int givenUp) {
    var now = clock.instant();
    tally.record(
        wiring.expirations(),
        (category, count) ->
            System.out.println(
                Metrics.of("Category", category.name()).count("RecordsExpired", count).line(now)));
    System.out.println(Metrics.overall().count("ExpirationsGivenUp", givenUp).line(now));
  }

  private static BatchItemFailure from(DynamodbStreamRecord record) {
    return new BatchItemFailure(record.getDynamodb().getSequenceNumber());
  }
}
