package pledge.local;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The sample template, and clients as a function would make them. */
final class Sample {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final Path TEMPLATE = Path.of("src/test/resources/sample.yaml");
  static final String TABLE = "ThingsTable";
  static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Sample() {}

  static Options options() {
    return Options.inMemory().withTemplate(TEMPLATE).withClockAt(NOON);
  }

  static Machine start() {
    return Machine.start(options());
  }

  /** A table with a stream, without a template. */
  static TableDefinition table(String id) {
    return new TableDefinition(
        id,
        Json.parse(
            """
            {"BillingMode":"PAY_PER_REQUEST",
             "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
             "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
             "StreamSpecification":{"StreamViewType":"KEYS_ONLY"}}
            """));
  }

  static DynamoDbClient dynamo(Machine machine) {
    return dynamo(machine.aws());
  }

  static DynamoDbClient dynamo(URI address) {
    return DynamoDbClient.builder()
        .endpointOverride(address)
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(CREDENTIALS)
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  static void put(Machine machine, String key) {
    put(machine, Map.of("pk", AttributeValue.fromS(key)));
  }

  static void put(Machine machine, Map<String, AttributeValue> item) {
    try (var client = dynamo(machine)) {
      client.putItem(request -> request.tableName(TABLE).item(item));
    }
  }

  static HttpResponse<String> get(URI address) {
    return send(address, HttpRequest.Builder::GET);
  }

  static HttpResponse<String> post(URI address, String contentType, String body) {
    return send(
        address,
        request ->
            request
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  static HttpResponse<String> send(URI address, Consumer<HttpRequest.Builder> how) {
    var request = HttpRequest.newBuilder(address);
    how.accept(request);
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
