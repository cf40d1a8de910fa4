package pledge.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;

/**
 * One reader's place in a table's stream: a parent shard is read to its end before its children.
 */
final class StreamCursor {
  private static final String KIND = "streams";
  private static final String FINISHED = "finished";

  private final DynamoDb database;
  private final String table;
  private final String reader;
  private final Store store;
  private final Map<String, String> positions = new TreeMap<>();
  private final Map<String, String> iterators = new HashMap<>();
  private final Set<String> finished = new HashSet<>();

  /**
   * @param fromStart whether a reader without a place begins at the oldest record there is, or at
   *     the next one
   */
  StreamCursor(DynamoDb database, String table, String reader, boolean fromStart, Store store) {
    this.database = database;
    this.table = table;
    this.reader = reader;
    this.store = store;
    var kept = store.all(KIND).get(reader);
    if (kept != null) {
      kept.properties().forEach(place -> restore(place.getKey(), place.getValue().asText()));
    } else if (!fromStart) {
      database
          .shards(table)
          .forEach(
              shard ->
                  iterators.put(
                      shard.shardId(), iterator(shard.shardId(), ShardIteratorType.LATEST, null)));
    }
  }

  /** Records of one shard, at most that many; none if there is nothing new. */
  record Batch(String shard, List<Record> records) {}

  Batch next(int max) {
    var shards = database.shards(table);
    var known = shards.stream().map(Shard::shardId).collect(Collectors.toSet());
    positions.keySet().retainAll(known);
    finished.retainAll(known);
    for (var shard : shards) {
      var id = shard.shardId();
      var parent = shard.parentShardId();
      if (finished.contains(id)
          || (parent != null && known.contains(parent) && !finished.contains(parent))) {
        continue;
      }
      var records = read(id, max);
      if (!records.isEmpty()) {
        return new Batch(id, records);
      }
    }
    return new Batch("", List.of());
  }

  /** The records up to this one are dealt with, come what may. */
  void advance(String shard, String sequenceNumber) {
    positions.put(shard, sequenceNumber);
    keep();
  }

  /** Reads on from the last record that was dealt with. */
  void rewind() {
    iterators.clear();
  }

  /** With an iterator that is of no use any more it reads nothing: so once more, with a new one. */
  private List<Record> read(String shard, int max) {
    for (var tries = 0; tries < 2; tries++) {
      try {
        return records(shard, max);
      } catch (ExpiredIteratorException _) {
        iterators.remove(shard);
      } catch (TrimmedDataAccessException _) {
        // Records are kept for 24 hours: whoever was away longer goes on with what is left.
        iterators.put(shard, iterator(shard, ShardIteratorType.TRIM_HORIZON, null));
      }
    }
    return List.of();
  }

  private List<Record> records(String shard, int max) {
    var iterator = iterators.computeIfAbsent(shard, this::resume);
    var answer = database.records(iterator, max);
    @Nullable String next = answer.nextShardIterator();
    if (next != null) {
      iterators.put(shard, next);
    } else if (answer.records().isEmpty()) {
      finished.add(shard);
      keep();
    } else {
      iterators.remove(shard);
    }
    return new ArrayList<>(answer.records());
  }

  private String resume(String shard) {
    var position = positions.get(shard);
    return position == null
        ? iterator(shard, ShardIteratorType.TRIM_HORIZON, null)
        : iterator(shard, ShardIteratorType.AFTER_SEQUENCE_NUMBER, position);
  }

  private String iterator(String shard, ShardIteratorType type, @Nullable String position) {
    return database.shardIterator(table, shard, type, position);
  }

  private void restore(String shard, String position) {
    if (position.equals(FINISHED)) {
      finished.add(shard);
    } else {
      positions.put(shard, position);
    }
  }

  private void keep() {
    var kept = Json.object();
    positions.forEach(kept::put);
    finished.forEach(shard -> kept.put(shard, FINISHED));
    store.put(KIND, reader, kept);
  }
}
