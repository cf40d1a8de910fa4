package pledge.store;

import static pledge.store.ItemCodec.SORT;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.vault.Secrets;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The rows of append-only logs as the database has them, one chain a category: each row holds the
 * hash of the one before it, and the head holds the last. What is a break in a chain, {@code
 * pledge.privacy} says.
 */
public final class Chains {
  /** Rows of one append: a transaction has 100 writes, and each chain's head is one. */
  private static final int MOST_WRITES = 100;

  private static final String HEAD_SORT = "HEAD";
  private static final String PREVIOUS_HASH = "previousHash";
  private static final String PREVIOUS_AT = "_previousAt";
  private static final String CREATED_AT = "_at";
  private static final String SEQUENCE = "_sequence";
  private static final String HASH = "_hash";
  private static final String LAST_SORT = "9".repeat(20);

  private final Store store;

  public Chains(Store store) {
    this.store = store;
  }

  /**
   * The last row of a chain.
   *
   * @param sequence counted from 1; 0 where there is no row yet
   * @param at when it was made
   */
  public record Head(long sequence, byte[] hash, Instant at) {
    static final Head NONE = new Head(0, new byte[0], Instant.EPOCH);
  }

  /**
   * A row as it lies there. What an altered row lacks is a value that breaks the chain.
   *
   * @param sort its sequence as 20 digits
   * @param previousAt when the row before it was made; {@link Instant#EPOCH} where it is the first
   * @param hash of everything in it, its place included
   */
  public record Row(
      String sort, Instant createdAt, Instant previousAt, byte[] previousHash, byte[] hash) {}

  /** What is to be appended to a chain whose head was read before. */
  public record Addition<T>(Kind<T> kind, Head head, List<T> values) {}

  /** A chain's head, strongly consistent. */
  public Head head(Category category) {
    try {
      var answer =
          store.dynamo.getItem(
              request ->
                  request
                      .tableName(table(category))
                      .key(ItemCodec.key(partition(category), HEAD_SORT))
                      .consistentRead(true)
                      .returnConsumedCapacity(store.capacity.wanted()));
      store.capacity.read(answer.consumedCapacity());
      var item = answer.item();
      return item.isEmpty()
          ? Head.NONE
          : new Head(number(item, SEQUENCE, 0), bytes(item, HASH), instant(item, CREATED_AT));
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /**
   * Appends to chains, all or nothing. The SDK gives the transaction a token, so that a try that it
   * repeats counts once.
   *
   * @return false where a chain has grown since its head was read
   * @throws IllegalArgumentException where it is more than one transaction can write
   */
  public boolean append(List<Addition<?>> additions) {
    return append(additions, transaction -> {});
  }

  /**
   * As {@link #append(List)}, together with writes of another kind.
   *
   * @return false also where a condition of those did not hold
   */
  public boolean append(List<Addition<?>> additions, Consumer<Transaction> together) {
    var writes = additions.stream().mapToInt(addition -> addition.values().size() + 1).sum();
    if (writes > MOST_WRITES) {
      throw new IllegalArgumentException(writes + " writes");
    }
    var transaction = store.transaction();
    additions.forEach(addition -> add(transaction, addition));
    together.accept(transaction);
    return transaction.commit().written();
  }

  private <T> void add(Transaction transaction, Addition<T> addition) {
    var kind = addition.kind();
    var category = kind.category();
    var head = addition.head();
    for (var value : addition.values()) {
      // A clock that is behind must not make a row older than the one before it.
      var now = store.now().isBefore(head.at()) ? head.at() : store.now();
      var sequence = head.sequence() + 1;
      var ref = new Ref<>(kind, partition(category), sort(sequence));
      var item = store.codec.write(ref, value, now, Instant.MAX, Set.of());
      item.put(PREVIOUS_HASH, AttributeValue.fromB(SdkBytes.fromByteArray(head.hash())));
      item.put(PREVIOUS_AT, ItemCodec.number(head.at().toEpochMilli()));
      transaction.add(put(category, item, 0));
      head = new Head(sequence, hash(item), Instant.ofEpochMilli(now.toEpochMilli()));
    }
    var item = new HashMap<>(ItemCodec.key(partition(category), HEAD_SORT));
    item.put(SEQUENCE, ItemCodec.number(head.sequence()));
    item.put(HASH, AttributeValue.fromB(SdkBytes.fromByteArray(head.hash())));
    item.put(CREATED_AT, ItemCodec.number(head.at().toEpochMilli()));
    transaction.add(put(category, item, addition.head().sequence()));
  }

  /** Goes through a chain in order, page by page, until the visitor has seen enough. */
  public void walk(Category category, Predicate<Row> visitor) {
    items(category, item -> visitor.test(row(item)));
  }

  /** Every row of a chain that is not over, in order, page by page. */
  public <T> List<Found<T>> all(Kind<T> kind, Purpose purpose) {
    Store.check(kind, purpose);
    var partition = partition(kind.category());
    var found = new ArrayList<Found<T>>();
    items(
        kind.category(),
        item -> {
          if (store.isAlive(item)) {
            var ref = new Ref<>(kind, partition, ItemCodec.required(item, SORT).s());
            store.codec.read(ref, item, false).ifPresent(found::add);
          }
          return true;
        });
    return found;
  }

  private void items(Category category, Predicate<Map<String, AttributeValue>> visitor) {
    Map<String, AttributeValue> from = Map.of();
    do {
      var page = query(category, LAST_SORT, from, null);
      for (var item : page.items()) {
        if (!visitor.test(item)) {
          return;
        }
      }
      from = page.lastEvaluatedKey();
    } while (!from.isEmpty());
  }

  /** The newest rows of a chain, the newest first: one query. */
  public <T> List<Found<T>> newest(Kind<T> kind, int most, Purpose purpose) {
    return newest(kind, Long.MAX_VALUE, most, purpose);
  }

  /** As {@link #newest(Kind, int, Purpose)}, of the rows before the one of that sequence. */
  public <T> List<Found<T>> newest(Kind<T> kind, long before, int most, Purpose purpose) {
    Store.check(kind, purpose);
    var partition = partition(kind.category());
    return query(kind.category(), sort(before - 1), Map.of(), most).items().stream()
        .flatMap(
            item ->
                store
                    .codec
                    .read(
                        new Ref<>(kind, partition, ItemCodec.required(item, SORT).s()), item, false)
                    .stream())
        .toList();
  }

  /** Up to the last: all in order from there on, or so many of the newest. */
  private QueryResponse query(
      Category category, String last, Map<String, AttributeValue> from, @Nullable Integer newest) {
    var request =
        QueryRequest.builder()
            .tableName(table(category))
            .keyConditionExpression("pk = :pk AND sk BETWEEN :first AND :last")
            .expressionAttributeValues(
                Map.of(
                    ":pk",
                    AttributeValue.fromS(partition(category)),
                    ":first",
                    AttributeValue.fromS("0"),
                    ":last",
                    AttributeValue.fromS(last)))
            .scanIndexForward(newest == null)
            .limit(newest)
            .consistentRead(true)
            .returnConsumedCapacity(store.capacity.wanted())
            .exclusiveStartKey(from.isEmpty() ? null : from)
            .build();
    try {
      var page = store.dynamo.query(request);
      store.capacity.read(page.consumedCapacity());
      return page;
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /** A sequence as a sort key. */
  public static String sort(long sequence) {
    return String.format(Locale.ROOT, "%020d", sequence);
  }

  static String partition(Category category) {
    return "chain#" + category;
  }

  /** The category whose chain has that partition. */
  static Optional<Category> category(String partition) {
    return Arrays.stream(Category.values())
        .filter(category -> partition(category).equals(partition))
        .findFirst();
  }

  private String table(Category category) {
    return store.tables.name(category.table());
  }

  /** Written where nothing is, or in place of the head of that sequence. */
  private TransactWriteItem put(Category category, Map<String, AttributeValue> item, long before) {
    var put = Put.builder().tableName(table(category)).item(item);
    if (before == 0) {
      put.conditionExpression("attribute_not_exists(pk)");
    } else {
      put.conditionExpression("#sequence = :before")
          .expressionAttributeNames(Map.of("#sequence", SEQUENCE))
          .expressionAttributeValues(Map.of(":before", ItemCodec.number(before)));
    }
    return TransactWriteItem.builder().put(put.build()).build();
  }

  private static Row row(Map<String, AttributeValue> item) {
    return new Row(
        ItemCodec.required(item, SORT).s(),
        instant(item, CREATED_AT),
        instant(item, PREVIOUS_AT),
        bytes(item, PREVIOUS_HASH),
        hash(item));
  }

  /** SHA-256 over every attribute, names sorted, each name and value with its length before it. */
  static byte[] hash(Map<String, AttributeValue> item) {
    var bytes = new ByteArrayOutputStream(512);
    try (var out = new DataOutputStream(bytes)) {
      for (var attribute : new TreeMap<>(item).entrySet()) {
        var value = attribute.getValue();
        write(out, attribute.getKey());
        write(out, value.type().name());
        switch (value.type()) {
          case S -> write(out, value.s());
          case N -> write(out, value.n());
          case BOOL -> write(out, value.bool().toString());
          case B -> {
            var binary = value.b().asByteArray();
            out.writeInt(binary.length);
            out.write(binary);
          }
          // Rows of ours have no such attribute: whatever is written here is another hash.
          default -> write(out, value.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Secrets.sha256(bytes.toByteArray());
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static Instant instant(Map<String, AttributeValue> item, String name) {
    return Instant.ofEpochMilli(number(item, name, Long.MAX_VALUE));
  }

  private static long number(Map<String, AttributeValue> item, String name, long otherwise) {
    var attribute = item.get(name);
    try {
      return attribute == null || attribute.n() == null ? otherwise : Long.parseLong(attribute.n());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static byte[] bytes(Map<String, AttributeValue> item, String name) {
    var attribute = item.get(name);
    return attribute == null || attribute.b() == null ? new byte[0] : attribute.b().asByteArray();
  }
}
