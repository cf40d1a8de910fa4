package pledge.store;

import static pledge.store.ItemCodec.LOOKUPS;
import static pledge.store.ItemCodec.SORT;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.vault.DoesNotOpenException;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import pledge.vault.Vault;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.Select;

/**
 * Reads and writes records by what their category declares: table, sealing, expiry. An expired
 * record is absent, whether or not the database has removed it.
 *
 * <p>Every method throws {@link UnavailableException} where DynamoDB or KMS cannot answer for now;
 * nothing is half-written then.
 */
public final class Store {
  /** The partition of records that belong to nobody we know. */
  public static final String NOBODY = "nobody";

  static final String LOOKUP_SORT = "LOOKUP";
  static final String SUBJECT = "subject";
  private static final String WRITE = "_write";
  private static final int WRITE_BYTES = 12;
  private static final int PAGE = 1_000;

  final DynamoDbClient dynamo;
  final Tables tables;
  final ItemCodec codec;
  final InstantSource clock;
  final Capacity capacity;

  public Store(DynamoDbClient dynamo, Tables tables, Vault vault, InstantSource clock) {
    this.dynamo = dynamo;
    this.tables = tables;
    this.codec = new ItemCodec(vault);
    this.clock = clock;
    this.capacity = new Capacity();
  }

  /** What this store consumes from the first time on that this is asked. */
  public Capacity capacity() {
    return capacity.counting();
  }

  /**
   * Reads one record, strongly consistent, and opens it.
   *
   * @return empty where there is none, it is expired, or its key is destroyed
   * @throws PurposeRefusedException where the category is not held for that purpose
   */
  public <T> Optional<Found<T>> get(Ref<T> ref, Purpose purpose) {
    return item(ref, purpose).flatMap(item -> codec.read(ref, item, true));
  }

  /** As {@link #get}, without opening: the sealed fields are missing, and no key is needed. */
  public <T> Optional<Found<T>> getClear(Ref<T> ref, Purpose purpose) {
    return item(ref, purpose).flatMap(item -> codec.read(ref, item, false));
  }

  /** Whether a record is there and alive, strongly consistent; nothing that it says is read. */
  public boolean exists(Ref<?> ref) {
    return item(ref.kind().category().table(), ref.partition(), ref.sort()).isPresent();
  }

  /** Every record of a kind in a partition, opened, in the order of their sort keys. */
  public <T> List<Found<T>> all(Kind<T> kind, String partition, Purpose purpose) {
    return all(kind, partition, "", purpose);
  }

  /** As {@link #all}, those whose ids begin so. */
  public <T> List<Found<T>> all(Kind<T> kind, String partition, String start, Purpose purpose) {
    return all(kind, partition, start, purpose, true);
  }

  /**
   * As {@link #all}, those whose ids begin so, without opening: the sealed fields are missing, and
   * no key is needed.
   */
  public <T> List<Found<T>> allClear(
      Kind<T> kind, String partition, String start, Purpose purpose) {
    return all(kind, partition, start, purpose, false);
  }

  private <T> List<Found<T>> all(
      Kind<T> kind, String partition, String start, Purpose purpose, boolean open) {
    check(kind, purpose);
    var found = new ArrayList<Found<T>>();
    walk(
        kind.category().table(),
        partition,
        kind.prefix() + "#" + start,
        item ->
            codec
                .read(new Ref<>(kind, partition, ItemCodec.required(item, SORT).s()), item, open)
                .ifPresent(found::add));
    return found;
  }

  /**
   * Some records of a kind, the last by their sort keys first, opened.
   *
   * @param next the id before which it goes on; empty at the end
   */
  public record Page<T>(List<Found<T>> records, String next) {}

  /**
   * The last records of a kind in a partition by their sort keys, one or several in it: one query.
   *
   * @param before the id where the page before ended; empty for the last of all
   * @param most records that are looked at, expired ones among them
   */
  public <T> Page<T> page(
      Kind<T> kind, String partition, String before, int most, Purpose purpose) {
    check(kind, purpose);
    var table = tables.name(kind.category().table());
    var first = AttributeValue.fromS(kind.prefix());
    // '$' is what comes after '#'.
    var last = AttributeValue.fromS(kind.prefix() + "$");
    try {
      var page =
          dynamo.query(
              request ->
                  request
                      .tableName(table)
                      .keyConditionExpression("pk = :pk AND sk BETWEEN :first AND :last")
                      .expressionAttributeValues(
                          Map.of(
                              ":pk",
                              AttributeValue.fromS(partition),
                              ":first",
                              first,
                              ":last",
                              last))
                      .exclusiveStartKey(
                          before.isEmpty() ? null : ItemCodec.key(kind.in(partition, before)))
                      .scanIndexForward(false)
                      .limit(most)
                      .consistentRead(true)
                      .returnConsumedCapacity(capacity.wanted()));
      capacity.read(page.consumedCapacity());
      var found = new ArrayList<Found<T>>();
      for (var item : page.items()) {
        if (isAlive(item)) {
          var ref = new Ref<>(kind, partition, ItemCodec.required(item, SORT).s());
          codec.read(ref, item, true).ifPresent(found::add);
        }
      }
      var end = page.lastEvaluatedKey();
      return new Page<>(
          found,
          end.isEmpty() ? "" : new Ref<>(kind, partition, ItemCodec.required(end, SORT).s()).id());
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /**
   * Goes through a whole partition, page by page, expired items left out: what export and erasure
   * walk.
   *
   * @param prefix of the sort keys; empty for all
   */
  public void walk(
      Table table, String partition, String prefix, Consumer<Map<String, AttributeValue>> visitor) {
    pages(
        table,
        partition,
        prefix,
        item -> {
          if (isAlive(item)) {
            visitor.accept(item);
          }
        });
  }

  /**
   * Goes through every record of a kind in a partition, opened, page by page: however many there
   * are, a page is in memory.
   */
  public <T> void each(
      Kind<T> kind, String partition, Purpose purpose, Consumer<Found<T>> visitor) {
    check(kind, purpose);
    var request =
        QueryRequest.builder()
            .tableName(tables.name(kind.category().table()))
            // DynamoDB Local looks at all that is left where a query has no limit.
            .limit(PAGE);
    pages(
        request,
        partition,
        kind.prefix(),
        item -> {
          var sort = ItemCodec.required(item, SORT).s();
          if (kind.isAt(sort) && isAlive(item)) {
            codec.read(new Ref<>(kind, partition, sort), item, true).ifPresent(visitor);
          }
          return false;
        });
  }

  /**
   * Every record of these kinds in a partition as it lies there, whether or not it is expired, and
   * whether it can be read: one walk, whatever their number, and nobody looks at what they say.
   *
   * @param kinds of that table, each with what it is read for
   */
  public <T> List<Remain<T>> remains(Table table, String partition, Map<Kind<T>, Purpose> kinds) {
    kinds.forEach(Store::check);
    var remains = new ArrayList<Remain<T>>();
    pages(
        table,
        partition,
        "",
        item -> {
          var sort = ItemCodec.required(item, SORT).s();
          for (var kind : kinds.keySet()) {
            if (sort.startsWith(kind.prefix() + "#")) {
              var ref = new Ref<>(kind, partition, sort);
              remains.add(new Remain<>(ref, ItemCodec.createdAt(item), isReadable(ref, item)));
            }
          }
        });
    return remains;
  }

  /**
   * The ids of all records of a kind in a partition as they lie there, expired or not: nothing is
   * opened.
   */
  public List<String> ids(Kind<?> kind, String partition) {
    var request =
        QueryRequest.builder()
            .tableName(tables.name(kind.category().table()))
            .projectionExpression("pk, sk");
    var ids = new ArrayList<String>();
    pages(
        request,
        partition,
        kind.prefix() + "#",
        item -> {
          ids.add(new Ref<>(kind, partition, ItemCodec.required(item, SORT).s()).id());
          return false;
        });
    return ids;
  }

  /**
   * Whether a record stood there at any moment of a time, of which it may be expired by now: by
   * keys and times alone, and nothing is opened.
   *
   * @param prefix of the sort keys: a kind's; empty for any
   * @param until the last moment
   */
  public boolean existed(
      Table table, String partition, String prefix, Instant from, Instant until) {
    var request =
        QueryRequest.builder()
            .tableName(tables.name(table))
            .select(Select.SPECIFIC_ATTRIBUTES)
            .projectionExpression("pk, sk, #at, expiresAt")
            .expressionAttributeNames(Map.of("#at", ItemCodec.CREATED_AT));
    return pages(
        request,
        partition,
        prefix,
        item -> {
          var sort = ItemCodec.required(item, SORT).s();
          return (prefix.isEmpty() || sort.equals(prefix) || sort.startsWith(prefix + "#"))
              && !ItemCodec.createdAt(item).isAfter(until)
              && ItemCodec.expiresAt(item).isAfter(from);
        });
  }

  private boolean isReadable(Ref<?> ref, Map<String, AttributeValue> item) {
    try {
      return isAlive(item) && codec.opens(ref, item);
    } catch (DoesNotOpenException e) {
      return false;
    }
  }

  private void pages(
      Table table, String partition, String prefix, Consumer<Map<String, AttributeValue>> visitor) {
    pages(
        QueryRequest.builder().tableName(tables.name(table)),
        partition,
        prefix,
        item -> {
          visitor.accept(item);
          return false;
        });
  }

  /** Whether it came to what was looked for, and went no further then. */
  private boolean pages(
      QueryRequest.Builder query,
      String partition,
      String prefix,
      Predicate<Map<String, AttributeValue>> lookedFor) {
    var condition = prefix.isEmpty() ? "pk = :pk" : "pk = :pk AND begins_with(sk, :sk)";
    var values =
        prefix.isEmpty()
            ? Map.of(":pk", AttributeValue.fromS(partition))
            : Map.of(":pk", AttributeValue.fromS(partition), ":sk", AttributeValue.fromS(prefix));
    Map<String, AttributeValue> from = Map.of();
    do {
      var request =
          query
              .keyConditionExpression(condition)
              .expressionAttributeValues(values)
              .consistentRead(true)
              .returnConsumedCapacity(capacity.wanted())
              .exclusiveStartKey(from.isEmpty() ? null : from)
              .build();
      try {
        var page = dynamo.query(request);
        capacity.read(page.consumedCapacity());
        for (var item : page.items()) {
          if (lookedFor.test(item)) {
            return true;
          }
        }
        from = page.lastEvaluatedKey();
      } catch (SdkException e) {
        throw new UnavailableException("DynamoDB", e);
      }
    } while (!from.isEmpty());
    return false;
  }

  /** The subject that a blind index leads to, strongly consistent. */
  public Optional<SubjectId> find(String blindIndex) {
    return item(Table.SUBJECTS, blindIndex, LOOKUP_SORT)
        .map(item -> new SubjectId(ItemCodec.required(item, SUBJECT).s()));
  }

  /**
   * The blind indexes that an item of a partition names: what else there is of it outside the
   * partition.
   */
  public static Set<String> lookupsOf(Map<String, AttributeValue> item) {
    var lookups = item.get(LOOKUPS);
    return lookups == null ? Set.of() : Set.copyOf(lookups.ss());
  }

  /**
   * Writes a new record where nothing alive stands.
   *
   * @param expiresAt a moment of its own; its retention period's end stands where that is earlier
   */
  public <T> Outcome insert(Ref<T> ref, T value, Instant expiresAt) {
    var now = now();
    var item = codec.write(ref, value, now, expiresAt, Set.of());
    // Tells our own write from another's that says the same.
    var write = AttributeValue.fromS(Secrets.text(Secrets.random(WRITE_BYTES)));
    item.put(WRITE, write);
    try {
      var answer =
          dynamo.putItem(
              request ->
                  request
                      .tableName(tables.name(ref.kind().category().table()))
                      .item(item)
                      .conditionExpression(Transaction.NOTHING_ALIVE)
                      .expressionAttributeValues(
                          Map.of(":now", ItemCodec.number(now.getEpochSecond())))
                      .returnValuesOnConditionCheckFailure(
                          ReturnValuesOnConditionCheckFailure.ALL_OLD)
                      .returnConsumedCapacity(capacity.wanted()));
      capacity.write(answer.consumedCapacity());
      return new Outcome.Written();
    } catch (ConditionalCheckFailedException e) {
      capacity.refusedWrite();
      // The SDK tries again where an answer was lost, and meets what it wrote itself.
      return write.equals(e.item().get(WRITE)) ? new Outcome.Written() : new Outcome.Refused(0);
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /** Changes clear fields of one record, under a condition, if it is there and alive. */
  public boolean change(Ref<?> ref, Change change) {
    try {
      var answer = dynamo.updateItem(change.request(this, ref));
      capacity.write(answer.consumedCapacity());
      return true;
    } catch (ConditionalCheckFailedException e) {
      capacity.refusedWrite();
      return false;
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /** Deletes one record; to delete what is not there is no error. */
  public void delete(Ref<?> ref) {
    delete(ref.kind().category().table(), ItemCodec.key(ref));
  }

  void delete(Table table, Map<String, AttributeValue> key) {
    try {
      var answer =
          dynamo.deleteItem(
              request ->
                  request
                      .tableName(tables.name(table))
                      .key(key)
                      .returnConsumedCapacity(capacity.wanted()));
      capacity.write(answer.consumedCapacity());
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /** Several writes that happen all or not at all. */
  public Transaction transaction() {
    return new Transaction(this);
  }

  private <T> Optional<Map<String, AttributeValue>> item(Ref<T> ref, Purpose purpose) {
    check(ref.kind(), purpose);
    return item(ref.kind().category().table(), ref.partition(), ref.sort());
  }

  private Optional<Map<String, AttributeValue>> item(Table table, String partition, String sort) {
    try {
      var answer =
          dynamo.getItem(
              request ->
                  request
                      .tableName(tables.name(table))
                      .key(ItemCodec.key(partition, sort))
                      .consistentRead(true)
                      .returnConsumedCapacity(capacity.wanted()));
      capacity.read(answer.consumedCapacity());
      return Optional.of(answer.item()).filter(item -> !item.isEmpty()).filter(this::isAlive);
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  boolean isAlive(Map<String, AttributeValue> item) {
    return clock.instant().isBefore(ItemCodec.expiresAt(item));
  }

  static void check(Kind<?> kind, Purpose purpose) {
    if (!kind.category().purposes().contains(purpose)) {
      throw new PurposeRefusedException(kind.category(), purpose);
    }
  }

  Instant now() {
    return clock.instant();
  }
}
