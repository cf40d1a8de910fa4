package pledge.functions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the processes of functions and AWS, and writes down what they ask for and are
 * told.
 */
final class AwsCalls implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The writes of a transaction, and what IAM asks for each. */
  private static final Map<String, String> WRITES =
      Map.of(
          "Put", "PutItem",
          "Update", "UpdateItem",
          "Delete", "DeleteItem",
          "ConditionCheck", "ConditionCheckItem");

  /** What every request carries; the rest is the connection's. */
  private static final Set<String> PASSED_ON =
      Set.of("authorization", "content-type", "x-amz-date", "x-amz-security-token", "x-amz-target");

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI aws;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private HttpServer server;

  AwsCalls(URI aws) {
    this.aws = aws;
    server = serve(0);
  }

  /**
   * One call.
   *
   * @param permissions what it takes: {@code dynamodb:action table}, {@code kms:action purpose}
   */
  record Call(Set<String> permissions, String asked, String told) {
    boolean isKms() {
      return permissions.stream().anyMatch(permission -> permission.startsWith("kms:"));
    }

    boolean opensTheIndexKey() {
      return permissions.contains("kms:Decrypt index");
    }

    @Override
    public String toString() {
      return permissions.toString();
    }
  }

  /** The settings that lead a function here. */
  Map<String, String> settings() {
    var address = "http://127.0.0.1:" + server.getAddress().getPort();
    return Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", address,
        "AWS_ENDPOINT_URL_KMS", address,
        "AWS_ENDPOINT_URL_SESV2", address);
  }

  /** What was called since the last time this was asked, in order. */
  List<Call> taken() {
    var taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  /** Ends every connection, as none outlives the time that a snapshot lies. */
  void cut() {
    var port = server.getAddress().getPort();
    server.stop(0);
    server = serve(port);
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }

  private HttpServer serve(int port) {
    try {
      var serving =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      serving.createContext("/", this::pass);
      serving.start();
      return serving;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      var asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var request =
          HttpRequest.newBuilder(aws.resolve(exchange.getRequestURI()))
              .POST(BodyPublishers.ofString(asked));
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                  request.header(name, values.getFirst());
                }
              });
      var answer = client.send(request.build(), BodyHandlers.ofByteArray());
      calls.add(
          new Call(
              permissions(exchange.getRequestHeaders().getFirst("X-Amz-Target"), asked),
              asked,
              new String(answer.body(), StandardCharsets.UTF_8)));
      answer
          .headers()
          .firstValue("content-type")
          .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Set<String> permissions(@Nullable String target, String asked) throws IOException {
    if (target == null) {
      return Set.of("ses:SendEmail ");
    }
    var operation = target.substring(target.indexOf('.') + 1);
    var body = JSON.readTree(asked);
    if (target.startsWith("TrentService.")) {
      return Set.of("kms:" + operation + " " + body.at("/EncryptionContext/purpose").asText());
    }
    if (!operation.equals("TransactWriteItems")) {
      return Set.of("dynamodb:" + operation + " " + body.path("TableName").asText());
    }
    var permissions = new TreeSet<String>();
    for (var write : body.path("TransactItems")) {
      write.properties().forEach(part -> permissions.add(permission(part)));
    }
    return permissions;
  }

  private static String permission(Map.Entry<String, JsonNode> write) {
    return "dynamodb:"
        + WRITES.getOrDefault(write.getKey(), write.getKey())
        + " "
        + write.getValue().path("TableName").asText();
  }
}
