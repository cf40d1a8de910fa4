package pledge.store;

import static pledge.store.ItemCodec.PARTITION;
import static pledge.store.ItemCodec.SORT;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import pledge.policy.Category;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.vault.EpochId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * What is left of an epoch whose key is destroyed: records that nobody can read any more and that
 * TTL has not removed yet. They are found by the sparse index {@code by-epoch}, never by going
 * through a table.
 *
 * <p>A record is deleted by its place alone, so a place must not be used twice: sort keys of these
 * categories end in an id or a time.
 */
public final class Residue {
  /** The index over {@code _bucket}, of the tables that hold such categories and of no other. */
  public static final String INDEX = "by-epoch";

  static final String BUCKET = "_bucket";

  /** So that the records of one hour do not all go through one partition of the index. */
  private static final int SHARDS = 16;

  private static final int PAGE = 200 * Batches.MOST;

  private final DynamoDbClient dynamo;
  private final Tables tables;

  /** In that store's tables. */
  public Residue(Store store) {
    this(store.dynamo, store.tables);
  }

  Residue(DynamoDbClient dynamo, Tables tables) {
    this.dynamo = dynamo;
    this.tables = tables;
  }

  /** A share of an epoch's records in one table. */
  public record Bucket(Table table, EpochId epoch, int shard) {
    static Bucket of(Table table, EpochId epoch, String partition, String sort) {
      return new Bucket(
          table, epoch, Math.floorMod(31 * partition.hashCode() + sort.hashCode(), SHARDS));
    }

    /** {@code 30d#2026-11-21T00:00:00Z#7}. */
    String value() {
      return epoch.value() + "#" + shard;
    }

    /** The epoch in what {@link #value} wrote. */
    static EpochId epoch(String value) {
      return EpochId.parse(value.substring(0, value.lastIndexOf('#')));
    }
  }

  /**
   * What became of a bucket.
   *
   * @param deleted how many records
   * @param finished whether the index names no more
   */
  public record Swept(int deleted, boolean finished) {}

  /** The tables that hold categories which are kept for that period. */
  public static Set<Table> tables(RetentionPeriod period) {
    var tables = EnumSet.noneOf(Table.class);
    for (var category : Category.values()) {
      if (category.retention().equals(period)) {
        tables.add(category.table());
      }
    }
    return tables;
  }

  /** Everywhere that records of an epoch can be. */
  public static List<Bucket> buckets(EpochId epoch) {
    return tables(epoch.period()).stream()
        .flatMap(
            table -> IntStream.range(0, SHARDS).mapToObj(shard -> new Bucket(table, epoch, shard)))
        .toList();
  }

  /**
   * Deletes the records of a bucket, 25 at a time. Where it ends early, it goes on the next time:
   * what was deleted is not in the index any more.
   *
   * @param now a record whose epoch is not over by then stays, whatever the index says
   * @param mayDelete asked before each batch, and with 0 before each look
   */
  public Swept sweep(Bucket bucket, Instant now, IntPredicate mayDelete) {
    var deleted = 0;
    Map<String, AttributeValue> from = Map.of();
    do {
      if (!mayDelete.test(0)) {
        return new Swept(deleted, false);
      }
      var request =
          QueryRequest.builder()
              .tableName(tables.name(bucket.table()))
              .indexName(INDEX)
              .keyConditionExpression("#bucket = :bucket")
              .expressionAttributeNames(Map.of("#bucket", BUCKET))
              .expressionAttributeValues(Map.of(":bucket", AttributeValue.fromS(bucket.value())))
              .limit(PAGE)
              .exclusiveStartKey(from.isEmpty() ? null : from)
              .build();
      var over = new ArrayList<Map<String, AttributeValue>>();
      try {
        var page = dynamo.query(request);
        page.items().stream()
            .filter(item -> isOver(item, now))
            .forEach(item -> over.add(key(item)));
        from = page.lastEvaluatedKey();
      } catch (SdkException e) {
        throw new UnavailableException("DynamoDB", e);
      }
      for (var start = 0; start < over.size(); start += Batches.MOST) {
        var batch = over.subList(start, Math.min(start + Batches.MOST, over.size()));
        if (!mayDelete.test(batch.size())) {
          return new Swept(deleted, false);
        }
        Batches.delete(dynamo, tables.name(bucket.table()), batch);
        deleted += batch.size();
      }
    } while (!from.isEmpty());
    return new Swept(deleted, true);
  }

  /** Whether an item, or its entry in the index, is of an epoch that is over. */
  static boolean isOver(Map<String, AttributeValue> item, Instant now) {
    var epoch = Bucket.epoch(ItemCodec.required(item, BUCKET).s());
    return !now.isBefore(epoch.endsAt());
  }

  private static Map<String, AttributeValue> key(Map<String, AttributeValue> item) {
    return ItemCodec.key(
        ItemCodec.required(item, PARTITION).s(), ItemCodec.required(item, SORT).s());
  }
}
