package pledge.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Writes that happen all or not at all. Each insertion demands that nothing alive is in its place;
 * each change demands that something is.
 */
public final class Transaction {
  static final String NOTHING_ALIVE = "attribute_not_exists(pk) OR expiresAt <= :now";
  private static final String SOMETHING_ALIVE =
      "attribute_exists(pk) AND (attribute_not_exists(expiresAt) OR expiresAt > :now)";

  private static final int MOST_ATTEMPTS = 4;

  private final Store store;
  private final Instant now;
  private final List<TransactWriteItem> writes = new ArrayList<>();

  Transaction(Store store) {
    this.store = store;
    this.now = store.now();
  }

  /** A new record, until its retention period ends. */
  public <T> Transaction insert(Ref<T> ref, T value) {
    return insert(ref, value, Instant.MAX, Set.of());
  }

  /**
   * A new record that ends at a moment of its own, which cannot be later than its retention
   * period's end.
   */
  public <T> Transaction insert(Ref<T> ref, T value, Instant expiresAt) {
    return insert(ref, value, expiresAt, Set.of());
  }

  /**
   * A new record that can also be found by blind indexes; it names them, so that whoever walks the
   * partition finds them.
   */
  public <T> Transaction insert(
      Ref<T> ref, T value, Instant expiresAt, Collection<String> lookups) {
    var item = store.codec.write(ref, value, now, expiresAt, lookups);
    put(ref.kind().category().table(), item, NOTHING_ALIVE);
    for (var lookup : lookups) {
      var entry = lookup(lookup, ref.partition());
      // Else it would lead to an expired record, and keep its value from others, for ever.
      var end = item.get(ItemCodec.EXPIRES_AT);
      if (end != null) {
        entry.put(ItemCodec.EXPIRES_AT, end);
      }
      put(Table.SUBJECTS, entry, NOTHING_ALIVE);
    }
    return this;
  }

  /**
   * The whole record anew, in place of one that was read and is still alive; its age and its end
   * stay.
   */
  public <T> Transaction replace(Found<T> found, T value) {
    put(
        found.ref().kind().category().table(),
        store.codec.write(
            found.ref(), value, found.createdAt(), found.expiresAt(), found.lookups()),
        SOMETHING_ALIVE);
    return this;
  }

  /**
   * As {@link #replace}, where a clear text of the record is still what it was when it was read,
   * there or not: such as a stage, which moves on with every change.
   */
  public <T> Transaction replaceWhere(Found<T> found, T value, String field) {
    var before = found.ref().kind().write().apply(found.value()).optionalText(field);
    var values = new HashMap<>(now());
    before.ifPresent(text -> values.put(":before", AttributeValue.fromS(text)));
    var unchanged = before.isPresent() ? "#field = :before" : "attribute_not_exists(#field)";
    writes.add(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(table(found.ref().kind().category()))
                        .item(
                            store.codec.write(
                                found.ref(),
                                value,
                                found.createdAt(),
                                found.expiresAt(),
                                found.lookups()))
                        .conditionExpression("(" + SOMETHING_ALIVE + ") AND " + unchanged)
                        .expressionAttributeNames(Map.of("#field", field))
                        .expressionAttributeValues(values))
            .build());
    return this;
  }

  /**
   * As {@link #replaceWhere}, and from now on the record can also be found by these blind indexes.
   */
  public <T> Transaction replaceWhere(
      Found<T> found, T value, String field, Collection<String> moreLookups) {
    var lookups = new TreeSet<>(found.lookups());
    for (var lookup : moreLookups) {
      if (lookups.add(lookup)) {
        put(Table.SUBJECTS, lookup(lookup, found.ref().partition()), NOTHING_ALIVE);
      }
    }
    return replaceWhere(
        new Found<>(found.ref(), found.value(), found.createdAt(), found.expiresAt(), lookups),
        value,
        field);
  }

  private static Map<String, AttributeValue> lookup(String blindIndex, String partition) {
    var entry = new HashMap<>(ItemCodec.key(blindIndex, Store.LOOKUP_SORT));
    entry.put(Store.SUBJECT, AttributeValue.fromS(partition));
    return entry;
  }

  /** A change of clear fields of a record, under its conditions. */
  public Transaction change(Ref<?> ref, Change change) {
    var request = change.request(store, ref);
    writes.add(
        TransactWriteItem.builder()
            .update(
                update ->
                    update
                        .tableName(request.tableName())
                        .key(request.key())
                        .updateExpression(request.updateExpression())
                        .conditionExpression(request.conditionExpression())
                        .expressionAttributeNames(
                            request.hasExpressionAttributeNames()
                                ? request.expressionAttributeNames()
                                : null)
                        .expressionAttributeValues(request.expressionAttributeValues()))
            .build());
    return this;
  }

  /** Nothing is written, unless that record is there, is alive and meets these conditions. */
  public Transaction require(Ref<?> ref, Change conditions) {
    var request = conditions.request(store, ref);
    writes.add(
        TransactWriteItem.builder()
            .conditionCheck(
                check ->
                    check
                        .tableName(request.tableName())
                        .key(request.key())
                        .conditionExpression(request.conditionExpression())
                        .expressionAttributeNames(
                            request.hasExpressionAttributeNames()
                                ? request.expressionAttributeNames()
                                : null)
                        .expressionAttributeValues(request.expressionAttributeValues()))
            .build());
    return this;
  }

  /** The deletion of a record that is there and alive. */
  public Transaction deleteExisting(Ref<?> ref) {
    return deleteExisting(ref, Change.of(ref.kind().category()));
  }

  /** The same, of one that meets these conditions. */
  public Transaction deleteExisting(Ref<?> ref, Change conditions) {
    var request = conditions.request(store, ref);
    writes.add(
        TransactWriteItem.builder()
            .delete(
                delete ->
                    delete
                        .tableName(request.tableName())
                        .key(request.key())
                        .conditionExpression(request.conditionExpression())
                        .expressionAttributeNames(
                            request.hasExpressionAttributeNames()
                                ? request.expressionAttributeNames()
                                : null)
                        .expressionAttributeValues(request.expressionAttributeValues()))
            .build());
    return this;
  }

  /** The deletion of a record, if it is there. */
  public Transaction delete(Ref<?> ref) {
    writes.add(
        TransactWriteItem.builder()
            .delete(
                delete ->
                    delete
                        .tableName(store.tables.name(ref.kind().category().table()))
                        .key(ItemCodec.key(ref)))
            .build());
    return this;
  }

  /** A write that the vault prepared. */
  public Transaction add(TransactWriteItem write) {
    writes.add(write);
    return this;
  }

  /** Writes all, or nothing. */
  public Outcome commit() {
    for (var attempt = 1; ; attempt++) {
      try {
        var answer =
            store.dynamo.transactWriteItems(
                request ->
                    request.transactItems(writes).returnConsumedCapacity(store.capacity.wanted()));
        answer.consumedCapacity().forEach(store.capacity::write);
        return new Outcome.Written();
      } catch (TransactionCanceledException e) {
        var refused = firstReason(e, "ConditionalCheckFailed");
        if (refused >= 0) {
          return new Outcome.Refused(refused);
        }
        // Another transaction has one of our items in hand: it is done in a moment, and then a
        // condition tells.
        if (attempt == MOST_ATTEMPTS || firstReason(e, "TransactionConflict") < 0) {
          throw new UnavailableException("DynamoDB", e);
        }
      } catch (SdkException e) {
        throw new UnavailableException("DynamoDB", e);
      }
    }
  }

  /** The position of the first write that was refused for that reason, or -1. */
  private static int firstReason(TransactionCanceledException e, String code) {
    var reasons = e.cancellationReasons();
    for (var position = 0; position < reasons.size(); position++) {
      if (code.equals(reasons.get(position).code())) {
        return position;
      }
    }
    return -1;
  }

  private void put(Table table, Map<String, AttributeValue> item, String condition) {
    writes.add(
        TransactWriteItem.builder()
            .put(
                put ->
                    put.tableName(store.tables.name(table))
                        .item(item)
                        .conditionExpression(condition)
                        .expressionAttributeValues(now()))
            .build());
  }

  private String table(Category category) {
    return store.tables.name(category.table());
  }

  private Map<String, AttributeValue> now() {
    return Map.of(":now", ItemCodec.number(now.getEpochSecond()));
  }
}
