package pledge.bench;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import de.mkammerer.argon2.Argon2Factory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import pledge.vault.Environment;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The least that a function can do, to measure ours against. */
final class References {
  private static final byte[] ANSWER = "{\"statusCode\":204}".getBytes(StandardCharsets.UTF_8);

  private References() {}

  /** Answers without looking. */
  public static final class EmptyStream implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
        throws IOException {
      answer.write(ANSWER);
    }
  }

  /** Answers without looking, after the runtime bound the event to its type by reflection. */
  public static final class EmptyTyped
      implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
      return APIGatewayV2HTTPResponse.builder().withStatusCode(204).build();
    }
  }

  /** Reads one item, strongly consistent, with the client that our functions use. */
  public static final class OneRead implements RequestStreamHandler {
    private final DynamoDbClient dynamo;
    private final String table;

    /** For the runtime. */
    public OneRead() {
      var environment = Environment.ofProcess();
      dynamo = environment.dynamo(Environment.httpClient());
      table = environment.setting("SUBJECT_KEYS_TABLE");
    }

    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
        throws IOException {
      var key = Map.of("pk", AttributeValue.fromS("index"), "sk", AttributeValue.fromS("KEY"));
      var found = dynamo.getItem(request -> request.tableName(table).key(key).consistentRead(true));
      if (!found.hasItem()) {
        throw new IllegalStateException("nothing to read");
      }
      answer.write(ANSWER);
    }
  }

  /** Writes one item under a condition, with the client that our functions use. */
  public static final class OneWrite implements RequestStreamHandler {
    private final DynamoDbClient dynamo;
    private final String table;

    /** For the runtime. */
    public OneWrite() {
      var environment = Environment.ofProcess();
      dynamo = environment.dynamo(Environment.httpClient());
      table = environment.setting("ACTIVITY_TABLE");
    }

    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
        throws IOException {
      put(dynamo, table, "written#" + System.nanoTime());
      answer.write(ANSWER);
    }

    /** One conditional put, as small as one can be. */
    static void put(DynamoDbClient dynamo, String table, String partition) {
      var item =
          Map.of("pk", AttributeValue.fromS(partition), "sk", AttributeValue.fromS("WRITTEN"));
      dynamo.putItem(
          request ->
              request.tableName(table).item(item).conditionExpression("attribute_not_exists(pk)"));
    }
  }

  /** Makes one password hash, with all that loads its library. */
  public static final class OneHash implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
        throws IOException {
      var environment = Environment.ofProcess();
      var hash =
          Argon2Factory.create(Argon2Factory.Argon2Types.ARGON2id)
              .hash(
                  Integer.parseInt(environment.setting("ARGON2_ITERATIONS")),
                  Integer.parseInt(environment.setting("ARGON2_MEMORY_KIB")),
                  1,
                  "correct horse battery staple".getBytes(StandardCharsets.UTF_8));
      if (hash.isEmpty()) {
        throw new IllegalStateException("no hash");
      }
      answer.write(ANSWER);
    }
  }
}
