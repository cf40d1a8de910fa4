package pledge.local;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;

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
      var ends = table.hasStream() ? ends(table) : Map.<String, String>of();
      var count = 0;
      for (var key : keys) {
        if (database.deleteExpired(table, attribute, key, now)) {
          count++;
        }
      }
      ends.forEach((shard, end) -> remember(table, shard, end));
      return count;
    } finally {
      writing.unlock();
    }
  }

  /** Where each open shard ends now. */
  private Map<String, String> ends(TableDefinition table) {
    var ends = new LinkedHashMap<String, String>();
    for (var shard : database.shards(table.id())) {
      if (shard.sequenceNumberRange().endingSequenceNumber() == null) {
        ends.put(shard.shardId(), iterator(table, shard.shardId(), ShardIteratorType.LATEST));
      }
    }
    return ends;
  }

  /** Everything after the given end was written by us just now. */
  private void remember(TableDefinition table, String shard, String end) {
    var iterator = end;
    while (iterator != null) {
      GetRecordsResponse page;
      try {
        page = database.records(iterator, 1000);
      } catch (TrimmedDataAccessException _) {
        // There was no record before ours, so that ours are all there are.
        page = database.records(iterator(table, shard, ShardIteratorType.TRIM_HORIZON), 1000);
      }
      for (var record : page.records()) {
        records.add(table.id(), record.dynamodb().sequenceNumber(), clock.instant());
      }
      iterator = page.records().isEmpty() ? null : page.nextShardIterator();
    }
  }

  private String iterator(TableDefinition table, String shard, ShardIteratorType type) {
    return database.shardIterator(table.id(), shard, type, null);
  }
}
