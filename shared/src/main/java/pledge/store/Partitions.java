package pledge.store;

import static pledge.store.ItemCodec.PARTITION;
import static pledge.store.ItemCodec.SORT;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import pledge.vault.EpochId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/** Who has a record, for what is done to many people at once. Nothing is opened. */
public final class Partitions {
  /** Between a partition and a sort key, in neither of which it stands. */
  private static final String BETWEEN = "\n";

  private final Store store;

  /** Of that store's tables. */
  public Partitions(Store store) {
    this.store = store;
  }

  /**
   * Some of the partitions that were asked for, in the table's own order.
   *
   * @param next where it goes on; empty at the end
   */
  public record Page(List<String> ids, String next) {}

  /**
   * The next partitions that hold one of these records alive. All that lies in the table is read,
   * and paid for: for what is done to everybody once in a long while.
   *
   * @param only kinds of one table that have one record in a partition
   * @param after where the page before ended; empty for the beginning
   * @param most records that are looked at, of whatever kind
   */
  public Page page(Set<Kind<?>> only, String after, int most) {
    var table = only.iterator().next().category().table();
    var values = new HashMap<String, AttributeValue>();
    only.forEach(kind -> values.put(":k" + values.size(), AttributeValue.fromS(kind.prefix())));
    var sorts = String.join(", ", values.keySet());
    values.put(":now", ItemCodec.number(store.now().getEpochSecond()));
    var request =
        ScanRequest.builder()
            .tableName(store.tables.name(table))
            .filterExpression(
                "sk IN (" + sorts + ") AND (attribute_not_exists(expiresAt) OR expiresAt > :now)")
            .projectionExpression("pk, sk")
            .expressionAttributeValues(values)
            .limit(most)
            .consistentRead(true)
            .returnConsumedCapacity(store.capacity.wanted());
    if (!after.isEmpty()) {
      var place = after.split(BETWEEN, 2);
      request.exclusiveStartKey(ItemCodec.key(place[0], place[1]));
    }
    try {
      var page = store.dynamo.scan(request.build());
      store.capacity.read(page.consumedCapacity());
      var last = page.lastEvaluatedKey();
      return new Page(
          page.items().stream().map(item -> ItemCodec.required(item, PARTITION).s()).toList(),
          last.isEmpty()
              ? ""
              : ItemCodec.required(last, PARTITION).s()
                  + BETWEEN
                  + ItemCodec.required(last, SORT).s());
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /**
   * The partitions that hold records of a kind which were made in an epoch and whose ids begin so,
   * by the index: at the cost of those records' keys, whatever else lies in the table.
   */
  public SortedSet<String> of(Kind<?> kind, EpochId epoch, String start) {
    var table = kind.category().table();
    var found = new TreeSet<String>();
    for (var bucket : Residue.buckets(epoch)) {
      if (bucket.table() == table) {
        var request =
            QueryRequest.builder()
                .tableName(store.tables.name(table))
                .indexName(Residue.INDEX)
                .keyConditionExpression("#bucket = :bucket AND begins_with(sk, :start)")
                .expressionAttributeNames(Map.of("#bucket", Residue.BUCKET))
                .expressionAttributeValues(
                    Map.of(
                        ":bucket",
                        AttributeValue.fromS(bucket.value()),
                        ":start",
                        AttributeValue.fromS(kind.prefix() + "#" + start)))
                .build();
        try {
          store
              .dynamo
              .queryPaginator(request)
              .items()
              .forEach(item -> found.add(ItemCodec.required(item, PARTITION).s()));
        } catch (SdkException e) {
          throw new UnavailableException("DynamoDB", e);
        }
      }
    }
    return found;
  }
}
