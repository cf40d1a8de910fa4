package pledge.vault;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * One of the two tables that keep wrapped keys. What it deletes is gone: no copy is kept anywhere.
 */
final class WrappedKeys {
  private static final String SORT = "KEY";
  private static final String RESIDUE = "RESIDUE";
  private static final String EXPIRES_AT = "expiresAt";

  private final DynamoDbClient dynamo;
  private final String table;
  private final InstantSource clock;

  WrappedKeys(DynamoDbClient dynamo, String table, InstantSource clock) {
    this.dynamo = dynamo;
    this.table = table;
    this.clock = clock;
  }

  /** A wrapped key and the second at which it is void; none is {@link Instant#MAX}. */
  record WrappedKey(byte[] wrapped, Instant expiresAt) {}

  Optional<WrappedKey> get(String id) {
    try {
      var item =
          dynamo
              .getItem(request -> request.tableName(table).key(key(id)).consistentRead(true))
              .item();
      var wrapped = item.get("wrapped");
      if (wrapped == null) {
        return Optional.empty();
      }
      var expires = item.get(EXPIRES_AT);
      var expiresAt =
          expires == null ? Instant.MAX : Instant.ofEpochSecond(Long.parseLong(expires.n()));
      return clock.instant().isBefore(expiresAt)
          ? Optional.of(new WrappedKey(wrapped.b().asByteArray(), expiresAt))
          : Optional.empty();
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /** The ids of all keys that are there, dead ones included. */
  List<String> ids() {
    return ids(SORT);
  }

  /** The ids of all keys of which {@link #noteResidue} was told and {@link #forgetResidue} not. */
  List<String> residues() {
    return ids(RESIDUE);
  }

  /** Notes, before a key is there, that what it will have sealed is to be removed one day. */
  void noteResidue(String id) {
    try {
      dynamo.putItem(request -> request.tableName(table).item(key(id, RESIDUE)));
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /** Takes the note away: nothing is left. */
  void forgetResidue(String id) {
    delete(key(id, RESIDUE));
  }

  private List<String> ids(String sort) {
    try {
      return dynamo
          .scanPaginator(
              request ->
                  request
                      .tableName(table)
                      .consistentRead(true)
                      .filterExpression("sk = :sk")
                      .expressionAttributeValues(Map.of(":sk", AttributeValue.fromS(sort)))
                      .projectionExpression("pk"))
          .items()
          .stream()
          .flatMap(item -> Stream.ofNullable(item.get("pk")))
          .map(AttributeValue::s)
          .toList();
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  /** Keeps a key where there is none. Another's key may have come first: then false. */
  boolean putIfAbsent(String id, byte[] wrapped, @Nullable Instant expiresAt) {
    try {
      dynamo.putItem(
          request ->
              request
                  .tableName(table)
                  .item(item(id, wrapped, expiresAt))
                  .conditionExpression("attribute_not_exists(pk)"));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  TransactWriteItem insertion(String id, byte[] wrapped, @Nullable Instant expiresAt) {
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item(id, wrapped, expiresAt))
                    .conditionExpression("attribute_not_exists(pk)"))
        .build();
  }

  /** Takes the expiry away from a key that is still alive. */
  TransactWriteItem prolongation(String id) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table)
                    .key(key(id))
                    .updateExpression("REMOVE expiresAt")
                    .conditionExpression("expiresAt > :now")
                    .expressionAttributeValues(Map.of(":now", now())))
        .build();
  }

  /** Deletes a key for good; one that is gone already is no error. */
  void delete(String id) {
    delete(key(id));
  }

  /** The same; false where it was gone already. */
  boolean deleteIfPresent(String id) {
    return deleteIf(request -> request.key(key(id)).conditionExpression("attribute_exists(pk)"));
  }

  /** The same, of a key that is void by now; false where it is not, or was gone already. */
  boolean deleteIfOver(String id) {
    return deleteIf(
        request ->
            request
                .key(key(id))
                .conditionExpression("expiresAt <= :now")
                .expressionAttributeValues(Map.of(":now", now())));
  }

  private boolean deleteIf(Consumer<DeleteItemRequest.Builder> condition) {
    try {
      dynamo.deleteItem(request -> condition.accept(request.tableName(table)));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  private void delete(Map<String, AttributeValue> key) {
    try {
      dynamo.deleteItem(request -> request.tableName(table).key(key));
    } catch (SdkException e) {
      throw new UnavailableException("DynamoDB", e);
    }
  }

  private AttributeValue now() {
    return AttributeValue.fromN(Long.toString(clock.instant().getEpochSecond()));
  }

  private static Map<String, AttributeValue> key(String id) {
    return key(id, SORT);
  }

  private static Map<String, AttributeValue> key(String id, String sort) {
    return Map.of("pk", AttributeValue.fromS(id), "sk", AttributeValue.fromS(sort));
  }

  private static Map<String, AttributeValue> item(
      String id, byte[] wrapped, @Nullable Instant expiresAt) {
    var item = new HashMap<>(key(id));
    item.put("wrapped", AttributeValue.fromB(SdkBytes.fromByteArray(wrapped)));
    if (expiresAt != null) {
      item.put(EXPIRES_AT, AttributeValue.fromN(Long.toString(expiresAt.getEpochSecond())));
    }
    return item;
  }
}
