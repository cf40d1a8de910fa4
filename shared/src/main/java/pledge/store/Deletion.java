package pledge.store;

import static pledge.store.ItemCodec.SORT;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * Deletes all that lies in a partition, expired or not, whatever it is, and the look-ups that lead
 * there. It can die anywhere and be done again: an item goes after the look-ups that it names.
 */
public final class Deletion {
  /**
   * Records of a page. A batch that is throttled is tried again for two seconds, so that a page
   * takes twenty at most, and whoever deletes in a function can tell when it is time to stop.
   */
  static final int PAGE = 10 * Batches.MOST;

  /** How an item of no kind of ours is counted. */
  private static final String OTHER = "OTHER";

  private final Store store;
  private final Contents contents;
  private final BiConsumer<Category, String> before;

  /**
   * From that store's tables, counted by what these contents know.
   *
   * @param before is told of each record before it is deleted: its category and its sort key; more
   *     than once where a deletion died
   */
  public Deletion(Store store, Contents contents, BiConsumer<Category, String> before) {
    this.store = store;
    this.contents = contents;
    this.before = before;
  }

  /**
   * What was deleted, of all tables together.
   *
   * @param records how many of each category, look-ups among them
   * @param held how many were left of each category that is held
   * @param finished whether nothing is left but what was to stay, or is held
   */
  public record Deleted(Map<String, Long> records, Map<String, Long> held, boolean finished) {}

  /**
   * Deletes a partition, page by page, for as long as it may.
   *
   * @param stays whether an item with that sort key is to be left
   * @param held whether records of that category are to be left: what leads to them is deleted all
   *     the same
   * @param mayGoOn asked before each page, and before the others are
   * @param tally what is counted
   * @return whether nothing is left but what was to stay, or is held
   */
  public boolean delete(
      Table table,
      String partition,
      Predicate<String> stays,
      Predicate<Category> held,
      BooleanSupplier mayGoOn,
      Tally tally) {
    Map<String, AttributeValue> from = Map.of();
    do {
      if (!mayGoOn.getAsBoolean()) {
        return false;
      }
      var request =
          QueryRequest.builder()
              .tableName(store.tables.name(table))
              .keyConditionExpression("pk = :pk")
              .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(partition)))
              .projectionExpression("pk, sk, #lookups")
              .expressionAttributeNames(Map.of("#lookups", ItemCodec.LOOKUPS))
              .limit(PAGE)
              .consistentRead(true)
              .returnConsumedCapacity(store.capacity.wanted())
              .exclusiveStartKey(from.isEmpty() ? null : from)
              .build();
      try {
        var page = store.dynamo.query(request);
        store.capacity.read(page.consumedCapacity());
        var items =
            page.items().stream()
                .filter(item -> !stays.test(ItemCodec.required(item, SORT).s()))
                .toList();
        if (!delete(table, partition, items, held, tally)) {
          return false;
        }
        from = page.lastEvaluatedKey();
      } catch (SdkException e) {
        throw new UnavailableException("DynamoDB", e);
      }
    } while (!from.isEmpty());
    return true;
  }

  private boolean delete(
      Table table,
      String partition,
      List<Map<String, AttributeValue>> items,
      Predicate<Category> held,
      Tally tally) {
    var lookups = new ArrayList<String>();
    var rows = new ArrayList<Row>();
    for (var item : items) {
      var sort = ItemCodec.required(item, SORT).s();
      var isNew = !tally.has(table, sort);
      for (var lookup : Store.lookupsOf(item)) {
        if (leadsTo(lookup, partition)) {
          lookups.add(lookup);
          if (isNew) {
            tally.deletes(Category.LOOKUP.name());
          }
        }
      }
      var category = contents.category(table, partition, sort);
      var name = category.map(Category::name).orElse(OTHER);
      if (category.filter(held).isPresent()) {
        tally.holds(name, isNew);
        continue;
      }
      rows.add(new Row(sort, category));
      if (isNew) {
        tally.deletes(name);
      }
    }
    if (!items.isEmpty()
        && !tally.isWritten(table, ItemCodec.required(items.getLast(), SORT).s())) {
      return false;
    }
    lookups.forEach(lookup -> deleteLookup(lookup, partition));
    for (var start = 0; start < rows.size(); start += Batches.MOST) {
      var batch = rows.subList(start, Math.min(start + Batches.MOST, rows.size()));
      batch.forEach(row -> row.category.ifPresent(category -> before.accept(category, row.sort)));
      Batches.delete(
          store.dynamo,
          store.tables.name(table),
          batch.stream().map(row -> ItemCodec.key(partition, row.sort)).toList());
    }
    return true;
  }

  /** What is to be deleted. */
  private record Row(String sort, Optional<Category> category) {}

  /** By a query, which whoever deletes may make anyway. */
  private boolean leadsTo(String lookup, String partition) {
    return store
        .dynamo
        .query(
            request ->
                request
                    .tableName(store.tables.name(Table.SUBJECTS))
                    .keyConditionExpression("pk = :pk AND sk = :sk")
                    .expressionAttributeValues(
                        Map.of(
                            ":pk",
                            AttributeValue.fromS(lookup),
                            ":sk",
                            AttributeValue.fromS(Store.LOOKUP_SORT)))
                    .consistentRead(true))
        .items()
        .stream()
        .anyMatch(item -> AttributeValue.fromS(partition).equals(item.get(Store.SUBJECT)));
  }

  /** Only while it leads there: an address that is free again may be somebody else's by now. */
  private void deleteLookup(String lookup, String partition) {
    try {
      store.dynamo.deleteItem(
          request ->
              request
                  .tableName(store.tables.name(Table.SUBJECTS))
                  .key(ItemCodec.key(lookup, Store.LOOKUP_SORT))
                  .conditionExpression("#subject = :subject")
                  .expressionAttributeNames(Map.of("#subject", Store.SUBJECT))
                  .expressionAttributeValues(Map.of(":subject", AttributeValue.fromS(partition))));
    } catch (ConditionalCheckFailedException e) {
      // It leads to somebody else since it was looked at.
    }
  }
}
