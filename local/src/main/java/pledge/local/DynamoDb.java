package pledge.local;

import static java.util.stream.Collectors.toSet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.dynamodb.services.exceptions.DynamoDBLocalServiceException;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;
import software.amazon.dynamodb.services.local.shared.exceptions.LocalDBAccessException;

/**
 * DynamoDB Local in this JVM. Functions reach it over HTTP; the machine itself goes past HTTP, and
 * so past the faults that a test may have set.
 */
final class DynamoDb implements AutoCloseable {
  private static final String KEY = "local";

  private final LocalDynamoDBRequestHandler database;
  private final @Nullable Path folder;
  private final Map<String, TableDefinition> tables = new LinkedHashMap<>();

  private DynamoDb(LocalDynamoDBRequestHandler database, @Nullable Path folder) {
    this.database = database;
    this.folder = folder;
  }

  /** Opens the database: in the folder, or in memory if there is none. */
  static DynamoDb open(@Nullable Path folder) {
    Quiet.please();
    var inMemory = folder == null;
    var path = folder == null ? null : folder.toString();
    return new DynamoDb(new LocalDynamoDBRequestHandler(0, inMemory, path, true, false), folder);
  }

  /** Answers DynamoDB's wire protocol. */
  Handler handler() {
    return new LocalDynamoDBServerHandler(database, null);
  }

  /**
   * Makes the tables that are not there yet.
   *
   * @throws MachineException if one is there with another key, or the database cannot be read
   */
  void create(List<TableDefinition> definitions) {
    try {
      var present =
          database.listTables(KEY, Names.REGION, ListTablesRequest.builder().build()).tableNames();
      definitions.forEach(definition -> create(definition, present.contains(definition.id())));
    } catch (LocalDBAccessException e) {
      throw folder == null ? e : DataFolder.damaged(folder.resolve(DataFolder.DATABASE), e);
    }
  }

  private void create(TableDefinition definition, boolean present) {
    tables.put(definition.id(), definition);
    var request = definition.request();
    if (!present) {
      database.createTable(KEY, Names.REGION, request);
      return;
    }
    var old = describe(definition.id());
    if (!old.keySchema().equals(request.keySchema())
        || !indexes(old).equals(indexes(request))
        || definition.hasStream() != (old.latestStreamArn() != null)) {
      throw new MachineException(
          "The table "
              + definition.id()
              + " in the data folder is not the template's: remove the data folder to start anew.");
    }
  }

  private static Set<String> indexes(CreateTableRequest table) {
    return table.globalSecondaryIndexes().stream()
        .map(GlobalSecondaryIndex::indexName)
        .collect(toSet());
  }

  private static Set<String> indexes(TableDescription table) {
    return table.globalSecondaryIndexes().stream()
        .map(GlobalSecondaryIndexDescription::indexName)
        .collect(toSet());
  }

  List<TableDefinition> tables() {
    return List.copyOf(tables.values());
  }

  TableDefinition table(String id) {
    var table = tables.get(id);
    if (table == null) {
      throw new MachineException(
          "The template refers to the table " + id + ", which it does not declare.");
    }
    return table;
  }

  long count(String table) {
    var count = 0L;
    Map<String, AttributeValue> from = Map.of();
    do {
      var request = ScanRequest.builder().tableName(table).select(Select.COUNT);
      var page =
          database.scan(
              KEY,
              Names.REGION,
              from.isEmpty() ? request.build() : request.exclusiveStartKey(from).build());
      count += page.count();
      from = page.lastEvaluatedKey();
    } while (!from.isEmpty());
    return count;
  }

  /** The keys of all items whose expiry is at or before the given epoch second. */
  List<Map<String, AttributeValue>> expired(
      TableDefinition table, String attribute, long epochSecond) {
    var keys = new ArrayList<Map<String, AttributeValue>>();
    Map<String, AttributeValue> from = Map.of();
    do {
      var request =
          ScanRequest.builder()
              .tableName(table.id())
              .filterExpression("#expiry <= :now")
              .expressionAttributeNames(Map.of("#expiry", attribute))
              .expressionAttributeValues(Map.of(":now", number(epochSecond)));
      var page =
          database.scan(
              KEY,
              Names.REGION,
              from.isEmpty() ? request.build() : request.exclusiveStartKey(from).build());
      for (var item : page.items()) {
        var key = new LinkedHashMap<>(item);
        key.keySet().retainAll(table.keyAttributes());
        keys.add(key);
      }
      from = page.lastEvaluatedKey();
    } while (!from.isEmpty());
    return keys;
  }

  /** Deletes an item if it is expired still; a write may have given it more time. */
  boolean deleteExpired(
      TableDefinition table, String attribute, Map<String, AttributeValue> key, long epochSecond) {
    var request =
        DeleteItemRequest.builder()
            .tableName(table.id())
            .key(key)
            .conditionExpression("#expiry <= :now")
            .expressionAttributeNames(Map.of("#expiry", attribute))
            .expressionAttributeValues(Map.of(":now", number(epochSecond)))
            .build();
    try {
      typed(() -> database.deleteItem(KEY, Names.REGION, request));
      return true;
    } catch (ConditionalCheckFailedException _) {
      return false;
    }
  }

  /** The shards of a table's stream, a parent before its children. */
  List<Shard> shards(String table) {
    var shards = new ArrayList<Shard>();
    @Nullable String last = null;
    do {
      var description =
          database
              .describeStream(
                  KEY,
                  Names.REGION,
                  DescribeStreamRequest.builder()
                      .streamArn(streamArn(table))
                      .exclusiveStartShardId(last)
                      .build())
              .streamDescription();
      shards.addAll(description.shards());
      last = description.lastEvaluatedShardId();
    } while (last != null);
    return shards;
  }

  /** Where to read a shard from; a sequence number is only given for the types that need one. */
  String shardIterator(
      String table, String shard, ShardIteratorType type, @Nullable String sequenceNumber) {
    return database
        .getShardIterator(
            KEY,
            Names.REGION,
            GetShardIteratorRequest.builder()
                .streamArn(streamArn(table))
                .shardId(shard)
                .shardIteratorType(type)
                .sequenceNumber(sequenceNumber)
                .build())
        .shardIterator();
  }

  /**
   * Reads on from an iterator.
   *
   * @throws TrimmedDataAccessException if the iterator is older than the oldest record, such as one
   *     made before a shard's first
   * @throws ExpiredIteratorException if the iterator is too old
   */
  GetRecordsResponse records(String shardIterator, int limit) {
    var request = GetRecordsRequest.builder().shardIterator(shardIterator).limit(limit).build();
    return typed(() -> database.getRecords(KEY, Names.REGION, request));
  }

  /**
   * Past HTTP, DynamoDB Local throws one type for every error: this gives those we handle theirs.
   */
  private static <T> T typed(Supplier<T> call) {
    try {
      return call.get();
    } catch (DynamoDBLocalServiceException e) {
      throw switch (String.valueOf(e.getErrorCode())) {
        case "ConditionalCheckFailedException" ->
            ConditionalCheckFailedException.builder().message(e.getMessage()).cause(e).build();
        case "TrimmedDataAccessException" ->
            TrimmedDataAccessException.builder().message(e.getMessage()).cause(e).build();
        case "ExpiredIteratorException" ->
            ExpiredIteratorException.builder().message(e.getMessage()).cause(e).build();
        default -> e;
      };
    }
  }

  private String streamArn(String table) {
    return describe(table).latestStreamArn();
  }

  private TableDescription describe(String table) {
    return database
        .describeTable(KEY, Names.REGION, DescribeTableRequest.builder().tableName(table).build())
        .table();
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  @Override
  public void close() {
    database.shutdown();
  }
}
