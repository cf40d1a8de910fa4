package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughput;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;

/** A table as the template declares it. */
record TableDefinition(String id, JsonNode properties) {
  /**
   * The attribute that holds the epoch second after which an item may be deleted, if the table has
   * one.
   */
  Optional<String> expiryAttribute() {
    var ttl = properties.path("TimeToLiveSpecification");
    return ttl.path("Enabled").asBoolean()
        ? Optional.of(ttl.path("AttributeName").asText())
        : Optional.empty();
  }

  boolean hasStream() {
    return properties.has("StreamSpecification");
  }

  /** The names of the key's attributes, partition key first. */
  List<String> keyAttributes() {
    return keys(properties).stream().map(KeySchemaElement::attributeName).toList();
  }

  /** Days of point-in-time recovery; empty if it is off. */
  Optional<Integer> recoveryDays() {
    var recovery = properties.path("PointInTimeRecoverySpecification");
    return recovery.path("PointInTimeRecoveryEnabled").asBoolean()
        ? Optional.of(recovery.path("RecoveryPeriodInDays").asInt(35))
        : Optional.empty();
  }

  /** What {@code DescribeTable} answers: DynamoDB Local knows nothing of encryption. */
  JsonNode description() {
    var table =
        Json.object()
            .put("TableName", id)
            .put("TableArn", Names.tableArn(id))
            .put("TableStatus", "ACTIVE")
            .put(
                "DeletionProtectionEnabled",
                properties.path("DeletionProtectionEnabled").asBoolean());
    table.set("AttributeDefinitions", properties.path("AttributeDefinitions"));
    table.set("KeySchema", properties.path("KeySchema"));
    table
        .putObject("BillingModeSummary")
        .put("BillingMode", properties.path("BillingMode").asText("PROVISIONED"));
    for (var index : properties.path("GlobalSecondaryIndexes")) {
      table
          .withArray("GlobalSecondaryIndexes")
          .addObject()
          .put("IndexName", index.path("IndexName").asText())
          .put("IndexStatus", "ACTIVE")
          .<ObjectNode>set("KeySchema", index.path("KeySchema"))
          .set("Projection", index.path("Projection"));
    }
    var encryption = properties.path("SSESpecification");
    // Under a key that AWS owns, DynamoDB says nothing of it.
    if (encryption.path("SSEEnabled").asBoolean()) {
      table
          .putObject("SSEDescription")
          .put("Status", "ENABLED")
          .put("SSEType", encryption.path("SSEType").asText())
          .put("KMSMasterKeyArn", encryption.path("KMSMasterKeyId").asText());
    }
    if (hasStream()) {
      table.put("LatestStreamArn", Names.streamArn(id));
    }
    return Json.object().set("Table", table);
  }

  CreateTableRequest request() {
    var request =
        CreateTableRequest.builder()
            .tableName(id)
            .keySchema(keys(properties))
            .attributeDefinitions(attributes())
            .deletionProtectionEnabled(properties.path("DeletionProtectionEnabled").asBoolean());
    if (properties.path("BillingMode").asText().equals("PAY_PER_REQUEST")) {
      request.billingMode(BillingMode.PAY_PER_REQUEST);
    } else {
      request.provisionedThroughput(throughput(properties));
    }
    if (hasStream()) {
      request.streamSpecification(
          StreamSpecification.builder()
              .streamEnabled(true)
              .streamViewType(
                  properties.path("StreamSpecification").path("StreamViewType").asText())
              .build());
    }
    var globals = globalIndexes();
    if (!globals.isEmpty()) {
      request.globalSecondaryIndexes(globals);
    }
    var locals = localIndexes();
    if (!locals.isEmpty()) {
      request.localSecondaryIndexes(locals);
    }
    return request.build();
  }

  private List<AttributeDefinition> attributes() {
    var attributes = new ArrayList<AttributeDefinition>();
    properties
        .path("AttributeDefinitions")
        .forEach(
            attribute ->
                attributes.add(
                    AttributeDefinition.builder()
                        .attributeName(attribute.path("AttributeName").asText())
                        .attributeType(attribute.path("AttributeType").asText())
                        .build()));
    return attributes;
  }

  private List<GlobalSecondaryIndex> globalIndexes() {
    var indexes = new ArrayList<GlobalSecondaryIndex>();
    properties
        .path("GlobalSecondaryIndexes")
        .forEach(
            index -> {
              var built =
                  GlobalSecondaryIndex.builder()
                      .indexName(index.path("IndexName").asText())
                      .keySchema(keys(index))
                      .projection(projection(index));
              if (index.has("ProvisionedThroughput")) {
                built.provisionedThroughput(throughput(index));
              }
              indexes.add(built.build());
            });
    return indexes;
  }

  private List<LocalSecondaryIndex> localIndexes() {
    var indexes = new ArrayList<LocalSecondaryIndex>();
    properties
        .path("LocalSecondaryIndexes")
        .forEach(
            index ->
                indexes.add(
                    LocalSecondaryIndex.builder()
                        .indexName(index.path("IndexName").asText())
                        .keySchema(keys(index))
                        .projection(projection(index))
                        .build()));
    return indexes;
  }

  private static List<KeySchemaElement> keys(JsonNode owner) {
    var keys = new ArrayList<KeySchemaElement>();
    owner
        .path("KeySchema")
        .forEach(
            key ->
                keys.add(
                    KeySchemaElement.builder()
                        .attributeName(key.path("AttributeName").asText())
                        .keyType(key.path("KeyType").asText())
                        .build()));
    return keys;
  }

  private static Projection projection(JsonNode index) {
    var projection =
        Projection.builder()
            .projectionType(index.path("Projection").path("ProjectionType").asText());
    var attributes = new ArrayList<String>();
    index
        .path("Projection")
        .path("NonKeyAttributes")
        .forEach(name -> attributes.add(name.asText()));
    return attributes.isEmpty()
        ? projection.build()
        : projection.nonKeyAttributes(attributes).build();
  }

  private static ProvisionedThroughput throughput(JsonNode owner) {
    var throughput = owner.path("ProvisionedThroughput");
    return ProvisionedThroughput.builder()
        .readCapacityUnits(throughput.path("ReadCapacityUnits").asLong(5))
        .writeCapacityUnits(throughput.path("WriteCapacityUnits").asLong(5))
        .build();
  }
}
