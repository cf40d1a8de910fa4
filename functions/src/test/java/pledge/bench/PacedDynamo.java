package pledge.bench;

import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** A client whose calls take their time on the way, and can be held up. */
final class PacedDynamo implements DynamoDbClient {
  /** What a call of a function takes on AWS, of which DynamoDB Local takes some itself. */
  static final Duration PACE = Duration.ofMillis(5);

  private final DynamoDbClient dynamo;
  private boolean open;

  PacedDynamo(DynamoDbClient dynamo) {
    this.dynamo = dynamo;
  }

  /** Holds up all further calls, or lets them pass. */
  synchronized void mayPass(boolean yes) {
    open = yes;
    notifyAll();
  }

  private <T> T paced(Supplier<T> call) {
    try {
      synchronized (this) {
        while (!open) {
          wait();
        }
      }
      Thread.sleep(PACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return call.get();
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    return paced(() -> dynamo.getItem(request));
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    return paced(() -> dynamo.putItem(request));
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    return paced(() -> dynamo.updateItem(request));
  }

  @Override
  public DeleteItemResponse deleteItem(DeleteItemRequest request) {
    return paced(() -> dynamo.deleteItem(request));
  }

  @Override
  public QueryResponse query(QueryRequest request) {
    return paced(() -> dynamo.query(request));
  }

  @Override
  public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
    return paced(() -> dynamo.batchWriteItem(request));
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
    return paced(() -> dynamo.transactWriteItems(request));
  }

  @Override
  public String serviceName() {
    return dynamo.serviceName();
  }

  @Override
  public void close() {}
}
