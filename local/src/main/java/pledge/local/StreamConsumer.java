package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.Record;

/**
 * Reads a table's stream for one function or pipe: at least once and in order. A batch that fails
 * is tried again after a short real time, halved if so configured, until its attempts are used up;
 * then the dead letters hear of it.
 */
final class StreamConsumer implements Pump.Work {
  private static final long FIRST_BACKOFF_MILLIS = 50;
  private static final long LAST_BACKOFF_MILLIS = 2_000;

  private final String name;
  private final String table;
  private final StreamSettings settings;
  private final StreamCursor cursor;
  private final StreamTarget target;
  private final ExpiredRecords expired;
  private final Lock reading;
  private final @Nullable MessageQueue deadLetters;
  private final InstantSource clock;

  StreamConsumer(
      String name,
      String table,
      StreamSettings settings,
      StreamCursor cursor,
      StreamTarget target,
      ExpiredRecords expired,
      @Nullable MessageQueue deadLetters,
      InstantSource clock) {
    this.name = name;
    this.table = table;
    this.settings = settings;
    this.cursor = cursor;
    this.target = target;
    this.expired = expired;
    this.reading = expired.reading();
    this.deadLetters = deadLetters;
    this.clock = clock;
  }

  @Override
  public Pump.Step step() throws InterruptedException {
    var batch = read();
    if (batch.records().isEmpty()) {
      return Pump.Step.IDLE;
    }
    try {
      deliver(batch.shard(), batch.records(), 1);
    } catch (InterruptedException | RuntimeException e) {
      cursor.rewind();
      throw e;
    }
    return Pump.Step.WORKED;
  }

  private StreamCursor.Batch read() {
    reading.lock();
    try {
      return cursor.next(settings.batchSize());
    } finally {
      reading.unlock();
    }
  }

  /** Delivers until every record is taken or given up. */
  private void deliver(String shard, List<Record> records, int firstAttempt)
      throws InterruptedException {
    var rest = records;
    for (var attempt = firstAttempt; !rest.isEmpty(); attempt++) {
      var failed = attempt(rest);
      if (failed == StreamTarget.NONE_FAILED) {
        advance(shard, rest);
        return;
      }
      if (failed > 0) {
        // The records before the one that failed are done; what is left begins anew with its own
        // attempts.
        advance(shard, rest.subList(0, failed));
        rest = rest.subList(failed, rest.size());
        attempt = 0;
      } else if (attempt >= settings.attempts()) {
        giveUp(shard, rest, attempt);
        advance(shard, rest);
        return;
      } else if (settings.bisects() && rest.size() > 1) {
        var middle = rest.size() / 2;
        backOff(attempt);
        deliver(shard, rest.subList(0, middle), attempt + 1);
        rest = rest.subList(middle, rest.size());
        continue;
      }
      backOff(Math.max(1, attempt));
    }
  }

  private void backOff(int attempt) throws InterruptedException {
    Thread.sleep(Math.min(FIRST_BACKOFF_MILLIS << Math.min(attempt - 1, 10), LAST_BACKOFF_MILLIS));
  }

  /** The index of the first record that failed among all, or that none did. */
  private int attempt(List<Record> records) {
    var wanted = new ArrayList<JsonNode>();
    var indexes = new ArrayList<Integer>();
    for (var i = 0; i < records.size(); i++) {
      var record = records.get(i);
      var json =
          StreamRecords.toJson(
              record,
              table,
              expired.deletedAt(table, record.dynamodb().sequenceNumber()),
              clock.instant());
      if (settings.wants(json)) {
        wanted.add(json);
        indexes.add(i);
      }
    }
    if (wanted.isEmpty()) {
      return StreamTarget.NONE_FAILED;
    }
    try {
      var failed = target.deliver(wanted);
      return failed == StreamTarget.NONE_FAILED ? failed : indexes.get(failed);
    } catch (FunctionFailure _) {
      return 0;
    }
  }

  private void advance(String shard, List<Record> done) {
    cursor.advance(shard, done.getLast().dynamodb().sequenceNumber());
  }

  /** What Lambda tells a destination for failures: where the records were, not what they held. */
  private void giveUp(String shard, List<Record> records, int attempts) {
    System.out.println(
        name + ": gave up " + records.size() + " record(s) after " + attempts + " attempt(s)");
    if (deadLetters == null) {
      return;
    }
    var now = clock.instant().toString();
    var letter = Json.object();
    letter
        .putObject("requestContext")
        .put("functionArn", Names.functionArn(name))
        .put("condition", "RetryAttemptsExhausted")
        .put("approximateInvokeCount", attempts);
    letter.put("version", "1.0").put("timestamp", now);
    letter
        .putObject("DDBStreamBatchInfo")
        .put("shardId", shard)
        .put("startSequenceNumber", records.getFirst().dynamodb().sequenceNumber())
        .put("endSequenceNumber", records.getLast().dynamodb().sequenceNumber())
        .put("approximateArrivalOfFirstRecord", now)
        .put("approximateArrivalOfLastRecord", now)
        .put("batchSize", records.size())
        .put("streamArn", Names.streamArn(table));
    deadLetters.send(Json.text(letter));
  }
}
