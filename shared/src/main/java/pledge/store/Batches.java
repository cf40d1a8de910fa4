package pledge.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Deletions that go to the database together, and need not be all or nothing. */
final class Batches {
  /** Of one batch (API_BatchWriteItem). */
  static final int MOST = 25;

  private static final int MOST_ATTEMPTS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  private Batches() {}

  /** Deletes items by their keys, 25 at most; one that is not there is no error. */
  static void delete(DynamoDbClient dynamo, String table, List<Map<String, AttributeValue>> keys) {
    var left = keys.stream().map(Batches::deletion).toList();
    var pause = FIRST_PAUSE;
    for (var attempt = 1; ; attempt++) {
      var request = BatchWriteItemRequest.builder().requestItems(Map.of(table, left)).build();
      try {
        left = dynamo.batchWriteItem(request).unprocessedItems().getOrDefault(table, List.of());
      } catch (SdkException e) {
        throw new UnavailableException("DynamoDB", e);
      }
      if (left.isEmpty()) {
        return;
      }
      // Not an error to the SDK, so it does not try again: part of a batch was throttled.
      if (attempt == MOST_ATTEMPTS) {
        throw new UnavailableException("DynamoDB", new IllegalStateException("throttled"));
      }
      pause(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private static WriteRequest deletion(Map<String, AttributeValue> key) {
    return WriteRequest.builder().deleteRequest(DeleteRequest.builder().key(key).build()).build();
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("DynamoDB", e);
    }
  }
}
