package pledge.local;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;

/**
 * Deletes what has expired by the machine's clock, in the place of DynamoDB's own TTL, which goes
 * by real time.
 */
final class Expiry implements Pump.Work {
  private final DynamoDb database;
  private final ExpiredRecords records;
  private final InstantSource clock;

  Expiry(DynamoDb database, ExpiredRecords records, InstantSource clock) {
    this.database = database;
    this.records = records;
    this.clock = clock;
  }

  @Override
  public Pump.Step step() {
    return expire() > 0 ? Pump.Step.WORKED : Pump.Step.IDLE;
  }

  /** Deletes everything that has expired by now; says how much that was. */
  synchronized int expire() {
    var now = clock.instant().getEpochSecond();
    var count = 0;
    for (var table : database.tables()) {
      if (table.expiryAttribute().isPresent()) {
        var attribute = table.expiryAttribute().get();
        var keys = database.expired(table, attribute, now);
        if (!keys.isEmpty()) {
          count += delete(table, attribute, keys, now);
        }
      }
    }
    return count;
  }

  private int delete(
      TableDefinition table, String attribute, List<Map<String, AttributeValue>> keys, long now) {
    var writing = records.lock().writeLock();
    writing.lock();
    try {
      var ends = table.hasStream() ? ends(table) : List.<String>of();
      var count = 0;
      for (var key : keys) {
        if (database.deleteExpired(table, attribute, key, now)) {
          count++;
        }
      }
      ends.forEach(end -> remember(table, end));
      return count;
    } finally {
      writing.unlock();
    }
  }

  /** Where each shard ends now. */
  private List<String> ends(TableDefinition table) {
    var ends = new ArrayList<String>();
    for (var shard : database.shards(table.id())) {
      if (shard.sequenceNumberRange().endingSequenceNumber() == null) {
        ends.add(
            database.shardIterator(table.id(), shard.shardId(), ShardIteratorType.LATEST, null));
      }
    }
    return ends;
  }

  /** Everything after the given end was written by us just now. */
  private void remember(TableDefinition table, String end) {
    var iterator = end;
    while (iterator != null) {
      var page = database.records(iterator, 1000);
      page.records().forEach(record -> records.add(table.id(), record.dynamodb().sequenceNumber()));
      iterator = page.records().isEmpty() ? null : page.nextShardIterator();
    }
  }
}
