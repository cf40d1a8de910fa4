package pledge.functions;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
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
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;

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
   * One call that was answered or refused.
   *
   * @param caller the function's package
   * @param actions what IAM would be asked for, by the resource: a table's name, or the purpose of
   *     a key
   */
  record Entry(
      String caller,
      String service,
      String operation,
      Map<String, List<String>> actions,
      double readUnits,
      double writeUnits) {
    List<String> tables() {
      return List.copyOf(actions.keySet());
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
                                  "pledge\\.(account|signup|session|notice|page|pledges|incident|incident\\.clock|policychange|privacyrequest|privacyclock|erasure|erasurereplay|usage|usageaggregate|retention\\.\\w+)\\.\\w+.*"))
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
          actions(operation, request),
          reads ? units : 0,
          reads ? 0 : units);
    }

    private static Map<String, List<String>> actions(String operation, SdkRequest request) {
      var actions = new TreeMap<String, List<String>>();
      switch (request) {
        case TransactWriteItemsRequest transaction ->
            transaction.transactItems().forEach(write -> add(actions, write));
        case DecryptRequest decrypt ->
            add(
                actions,
                decrypt.encryptionContext().getOrDefault("purpose", ""),
                "kms:" + operation);
        case GenerateDataKeyRequest generate ->
            add(
                actions,
                generate.encryptionContext().getOrDefault("purpose", ""),
                "kms:" + operation);
        case BatchWriteItemRequest batch ->
            batch
                .requestItems()
                .keySet()
                .forEach(table -> add(actions, table, "dynamodb:" + operation));
        case QueryRequest query when query.indexName() != null ->
            add(
                actions,
                query.tableName() + "/index/" + query.indexName(),
                "dynamodb:" + operation);
        case DynamoDbRequest dynamo ->
            add(
                actions,
                dynamo.getValueForField("TableName", String.class).orElse(""),
                "dynamodb:" + operation);
        default -> add(actions, "", operation);
      }
      return actions;
    }

    private static void add(Map<String, List<String>> actions, TransactWriteItem write) {
      if (write.put() != null) {
        add(actions, write.put().tableName(), "dynamodb:PutItem");
      }
      if (write.update() != null) {
        add(actions, write.update().tableName(), "dynamodb:UpdateItem");
      }
      if (write.delete() != null) {
        add(actions, write.delete().tableName(), "dynamodb:DeleteItem");
      }
      if (write.conditionCheck() != null) {
        add(actions, write.conditionCheck().tableName(), "dynamodb:ConditionCheckItem");
      }
    }

    private static void add(Map<String, List<String>> actions, String resource, String action) {
      actions.merge(
          resource,
          List.of(action),
          (some, more) ->
              java.util.stream.Stream.concat(some.stream(), more.stream()).distinct().toList());
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
