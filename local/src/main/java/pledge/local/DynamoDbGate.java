package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What a request of a function passes on its way to DynamoDB Local: faults, if a test wants some;
 * the lock under which expired items are deleted; and answers from the template to what DynamoDB
 * Local does not know.
 */
final class DynamoDbGate extends Handler.Wrapper {
  private final DynamoDb database;
  private final DynamoDbFaults faults;
  private final ReentrantReadWriteLock expiry;
  private final Consumer<String> written;

  /**
   * @param expiry functions share it, expiry has it alone
   * @param written called after each write, with its request
   */
  DynamoDbGate(
      DynamoDb database,
      DynamoDbFaults faults,
      ReentrantReadWriteLock expiry,
      Consumer<String> written) {
    super(database.handler());
    this.database = database;
    this.faults = faults;
    this.expiry = expiry;
    this.written = written;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var target = String.valueOf(request.getHeaders().get("X-Amz-Target"));
    var operation = target.substring(target.indexOf('.') + 1);
    Thread.sleep(faults.delay());
    return switch (faults.fate(operation)) {
      case DynamoDbFaults.Fate.Cut(var reached) -> {
        doUnheard(reached, operation, request, response);
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        callback.failed(new IOException("cut by a test"));
        yield true;
      }
      case DynamoDbFaults.Fate.Refuse(var type, var reached) -> {
        doUnheard(reached, operation, request, response);
        response.reset();
        Loopback.write(refusal(type), response, callback);
        yield true;
      }
      case DynamoDbFaults.Fate.Pass _ -> pass(operation, request, response, callback);
    };
  }

  private void doUnheard(boolean reached, String operation, Request request, Response response)
      throws Exception {
    if (reached) {
      pass(operation, request, new Muted(request, response), Callback.NOOP);
    }
  }

  private boolean pass(String operation, Request request, Response response, Callback callback)
      throws Exception {
    switch (operation) {
      case "DescribeTable" -> {
        Loopback.write(json(table(request).description()), response, callback);
        return true;
      }
      case "DescribeTimeToLive" -> {
        Loopback.write(json(timeToLive(table(request))), response, callback);
        return true;
      }
      case "DescribeContinuousBackups" -> {
        Loopback.write(json(backups(table(request))), response, callback);
        return true;
      }
      default -> {
        if (!DynamoDbFaults.isWrite(operation)) {
          return handleShared(request, response, callback);
        }
        var body = Content.Source.asByteBuffer(request);
        try {
          return handleShared(new Reread(request, body.slice()), response, callback);
        } finally {
          written.accept(StandardCharsets.UTF_8.decode(body).toString());
        }
      }
    }
  }

  private boolean handleShared(Request request, Response response, Callback callback)
      throws Exception {
    expiry.readLock().lock();
    try {
      return super.handle(request, response, callback);
    } finally {
      expiry.readLock().unlock();
    }
  }

  private TableDefinition table(Request request) throws Exception {
    try (var body = Content.Source.asInputStream(request)) {
      return database.table(Json.parse(body.readAllBytes()).path("TableName").asText());
    }
  }

  private static JsonNode timeToLive(TableDefinition table) {
    var description =
        Json.object()
            .put("TimeToLiveStatus", table.expiryAttribute().isPresent() ? "ENABLED" : "DISABLED");
    table.expiryAttribute().ifPresent(name -> description.put("AttributeName", name));
    return Json.object().set("TimeToLiveDescription", description);
  }

  private static JsonNode backups(TableDefinition table) {
    var recovery =
        Json.object()
            .put(
                "PointInTimeRecoveryStatus",
                table.recoveryDays().isPresent() ? "ENABLED" : "DISABLED");
    table.recoveryDays().ifPresent(days -> recovery.put("RecoveryPeriodInDays", days));
    var description = Json.object().put("ContinuousBackupsStatus", "ENABLED");
    description.set("PointInTimeRecoveryDescription", recovery);
    return Json.object().set("ContinuousBackupsDescription", description);
  }

  private static Answer json(JsonNode body) {
    return Answer.of(200, "application/x-amz-json-1.0", Json.bytes(body));
  }

  private static Answer refusal(String type) {
    var body =
        Json.object()
            .put("__type", "com.amazonaws.dynamodb.v20120810#" + type)
            .put("message", "A test asked for this error.");
    var status = type.equals("InternalServerError") ? 500 : 400;
    return Answer.of(status, "application/x-amz-json-1.0", Json.bytes(body));
  }

  /** A request whose body was read once, to be read again. */
  private static final class Reread extends Request.Wrapper {
    private final Content.Source body;

    Reread(Request wrapped, ByteBuffer body) {
      super(wrapped);
      this.body = Content.Source.from(body);
    }

    @Override
    public Content.Chunk read() {
      return body.read();
    }

    @Override
    public void demand(Runnable demandCallback) {
      body.demand(demandCallback);
    }

    @Override
    public void fail(Throwable failure) {
      body.fail(failure);
    }
  }

  /** An answer that nobody hears. */
  private static final class Muted extends Response.Wrapper {
    Muted(Request request, Response wrapped) {
      super(request, wrapped);
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
      if (content != null) {
        content.position(content.limit());
      }
      callback.succeeded();
    }
  }
}
