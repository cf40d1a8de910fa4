package pledge.functions;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * What functions ask AWS for, seen by an interceptor in their own SDK clients: the SDK finds it by
 * a file on the class path. Who calls is told by the stack, whether or not we wrote the client.
 */
final class Journal implements AutoCloseable {
  private static final List<Journal> OPEN = new CopyOnWriteArrayList<>();

  private final String caller;
  private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();

  private Journal(String caller) {
    this.caller = caller;
  }

  /**
   * What IAM would be asked for.
   *
   * @param resource a table's name, or the purpose of a key
   * @param partition the partition key of the item or items; empty where there is none
   */
  record Use(String action, String resource, String partition) {}

  /**
   * One call that was answered or refused.
   *
   * @param caller the function's package
   */
  record Entry(
      String caller,
      String service,
      String operation,
      List<Use> uses,
      double readUnits,
      double writeUnits) {
    /** By the resource. */
    Map<String, List<String>> actions() {
      var actions = new TreeMap<String, List<String>>();
      for (var use : uses) {
        actions.merge(
            use.resource(),
            List.of(use.action()),
            (some, more) -> Stream.concat(some.stream(), more.stream()).distinct().toList());
      }
      return actions;
    }

    List<String> tables() {
      return List.copyOf(actions().keySet());
    }
  }

  /** Writes down from now on what that package causes; all functions where it is empty. */
  static Journal of(String caller) {
    var journal = new Journal(caller);
    OPEN.add(journal);
    return journal;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  double readUnits() {
    return entries.stream().mapToDouble(Entry::readUnits).sum();
  }

  double writeUnits() {
    return entries.stream().mapToDouble(Entry::writeUnits).sum();
  }

  long kmsCalls() {
    return entries.stream().filter(entry -> entry.service().equals("KMS")).count();
  }

  @Override
  public void close() {
    OPEN.remove(this);
  }

  private static void write(Entry entry) {
    OPEN.stream()
        .filter(journal -> entry.caller().startsWith(journal.caller))
        .forEach(journal -> journal.entries.add(entry));
  }

  /** The SDK makes one for each client. */
  public static final class Interceptor implements ExecutionInterceptor {
    private static final AttributeValue NONE = AttributeValue.fromS("");
    private static final Pattern PARTITION = Pattern.compile("^[#\\w]+ = (:\\w+)");

    /** The package of a function, if one is on the stack. */
    private static Optional<String> caller() {
      if (OPEN.isEmpty()) {
        return Optional.empty();
      }
      return StackWalker.getInstance()
          .walk(
              frames ->
                  frames
                      .map(StackFrame::getClassName)
                      .filter(
                          name ->
                              name.matches(
                                  "pledge\\.(account|assistantapi|assistantworker|billingapi|billingclock|billingreconciliation|billingworker|signup|session|notice|page|pledges|incident|incident\\.clock|legalhold|policychange|privacyrequest|privacyclock|staffrequest|stripewebhook|supportaccess|supportread|erasure|erasurereplay|export|exportpart|usage|usageaggregate|retention\\.\\w+)\\.\\w+.*"))
                      .map(name -> name.substring(0, name.lastIndexOf('.')))
                      .findFirst());
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      var request = context.request();
      if (OPEN.isEmpty() || !(request instanceof DynamoDbRequest dynamo)) {
        return request;
      }
      var builder = dynamo.toBuilder();
      if (builder instanceof SdkPojo fields) {
        set(fields, "ReturnConsumedCapacity", "TOTAL");
      }
      return builder.build();
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      caller()
          .ifPresent(
              caller ->
                  write(
                      entry(caller, context.request(), attributes, consumed(context.response()))));
    }

    @Override
    public void onExecutionFailure(
        Context.FailedExecution context, ExecutionAttributes attributes) {
      var refused =
          context.exception() instanceof AwsServiceException e
              && e.awsErrorDetails() != null
              && "ConditionalCheckFailedException".equals(e.awsErrorDetails().errorCode());
      // A refused conditional write is charged; the refusal does not say how much, and our items
      // of that kind are below 1 KB.
      caller()
          .ifPresent(
              caller -> write(entry(caller, context.request(), attributes, refused ? 1 : 0)));
    }

    private static Entry entry(
        String caller, SdkRequest request, ExecutionAttributes attributes, double consumed) {
      var units = consumed;
      var operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
      var service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
      var kms = request instanceof DecryptRequest || request instanceof GenerateDataKeyRequest;
      if (request instanceof TransactWriteItemsRequest transaction && units > 0) {
        units = transaction.transactItems().stream().mapToLong(Interceptor::charged).sum();
      }
      var reads = Set.of("GetItem", "Query", "Scan").contains(operation);
      return new Entry(
          caller,
          kms ? "KMS" : service,
          operation,
          uses(operation, request),
          reads ? units : 0,
          reads ? 0 : units);
    }

    private static List<Use> uses(String operation, SdkRequest request) {
      var action = "dynamodb:" + operation;
      return switch (request) {
        case TransactWriteItemsRequest transaction ->
            transaction.transactItems().stream().flatMap(Interceptor::uses).toList();
        case DecryptRequest decrypt ->
            List.of(new Use("kms:" + operation, purpose(decrypt.encryptionContext()), ""));
        case GenerateDataKeyRequest generate ->
            List.of(new Use("kms:" + operation, purpose(generate.encryptionContext()), ""));
        case BatchWriteItemRequest batch ->
            batch.requestItems().entrySet().stream()
                .flatMap(
                    table ->
                        table.getValue().stream()
                            .map(write -> use(action, table.getKey(), key(write))))
                .distinct()
                .toList();
        case QueryRequest query ->
            List.of(
                new Use(
                    action,
                    query.indexName() == null
                        ? query.tableName()
                        : query.tableName() + "/index/" + query.indexName(),
                    partition(query)));
        case GetItemRequest get -> List.of(use(action, get.tableName(), get.key()));
        case PutItemRequest put -> List.of(use(action, put.tableName(), put.item()));
        case UpdateItemRequest update -> List.of(use(action, update.tableName(), update.key()));
        case DeleteItemRequest delete -> List.of(use(action, delete.tableName(), delete.key()));
        case S3Request _ ->
            List.of(
                new Use(
                    "s3:" + (operation.equals("ListObjectsV2") ? "ListBucket" : operation),
                    "",
                    ""));
        case DynamoDbRequest dynamo ->
            List.of(
                new Use(action, dynamo.getValueForField("TableName", String.class).orElse(""), ""));
        default -> List.of(new Use(operation, "", ""));
      };
    }

    private static Stream<Use> uses(TransactWriteItem write) {
      var uses = Stream.<Use>builder();
      if (write.put() != null) {
        uses.add(use("dynamodb:PutItem", write.put().tableName(), write.put().item()));
      }
      if (write.update() != null) {
        uses.add(use("dynamodb:UpdateItem", write.update().tableName(), write.update().key()));
      }
      if (write.delete() != null) {
        uses.add(use("dynamodb:DeleteItem", write.delete().tableName(), write.delete().key()));
      }
      if (write.conditionCheck() != null) {
        var check = write.conditionCheck();
        uses.add(use("dynamodb:ConditionCheckItem", check.tableName(), check.key()));
      }
      return uses.build();
    }

    /** What is put, or the key of what is deleted. */
    private static Map<String, AttributeValue> key(WriteRequest write) {
      return write.putRequest() == null ? write.deleteRequest().key() : write.putRequest().item();
    }

    private static Use use(String action, String table, Map<String, AttributeValue> item) {
      return new Use(action, table, item.getOrDefault("pk", NONE).s());
    }

    private static String purpose(Map<String, String> context) {
      return context.getOrDefault("purpose", "");
    }

    /** Of the table or the index: a condition begins with it. */
    private static String partition(QueryRequest query) {
      var condition = query.keyConditionExpression();
      var value = PARTITION.matcher(condition);
      if (!value.find()) {
        throw new IllegalArgumentException("no partition key first: " + condition);
      }
      return query.expressionAttributeValues().getOrDefault(value.group(1), NONE).s();
    }

    /**
     * Two units for each KB begun of each item (DynamoDB Local adds a table's items up first). What
     * is changed or deleted is below 1 KB with us.
     */
    private static long charged(TransactWriteItem write) {
      var size =
          write.put() == null
              ? 1
              : write.put().item().entrySet().stream()
                  .mapToLong(entry -> entry.getKey().length() + size(entry.getValue()))
                  .sum();
      return 2 * Math.ceilDiv(size, 1024);
    }

    private static long size(AttributeValue value) {
      return switch (value.type()) {
        case S -> value.s().length();
        case B -> value.b().asByteArrayUnsafe().length;
        case SS -> value.ss().stream().mapToLong(String::length).sum();
        case N -> value.n().length();
        default -> 1;
      };
    }

    private static double consumed(SdkResponse response) {
      return response
          .getValueForField("ConsumedCapacity", Object.class)
          .map(
              consumed ->
                  consumed instanceof List<?> list
                      ? list.stream().mapToDouble(Interceptor::units).sum()
                      : units(consumed))
          .orElse(0.0);
    }

    private static double units(Object consumed) {
      return consumed instanceof ConsumedCapacity capacity && capacity.capacityUnits() != null
          ? capacity.capacityUnits()
          : 0;
    }

    private static void set(SdkPojo builder, String member, String value) {
      builder.sdkFields().stream()
          .filter(field -> field.memberName().equals(member))
          .forEach((SdkField<?> field) -> field.set(builder, value));
    }
  }
}
