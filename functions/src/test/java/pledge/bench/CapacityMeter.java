package pledge.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import pledge.local.Machine;

/**
 * Stands between functions and DynamoDB, asks with every call what it consumes, and adds it up: the
 * keys' tables too, which the store's own count leaves out.
 */
final class CapacityMeter implements AutoCloseable {
  private static final Pattern UNITS = Pattern.compile("\"CapacityUnits\":([0-9.]+)");
  private static final Set<String> READS = Set.of("GetItem", "Query", "Scan");
  private static final String TARGET = "X-Amz-Target";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI dynamo;
  private final HttpServer server;
  private double read;
  private double written;
  private int calls;

  CapacityMeter(URI dynamo) {
    this.dynamo = dynamo;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::pass);
    server.start();
  }

  /** What was consumed since the last time this was asked. */
  record Consumed(int calls, double readUnits, double writeUnits) {}

  synchronized Consumed consumed() {
    var consumed = new Consumed(calls, read, written);
    calls = 0;
    read = 0;
    written = 0;
    return consumed;
  }

  /** The settings of a function, which lead here. */
  Map<String, String> settings(Machine machine, String function) {
    var settings = new HashMap<>(machine.environment(function));
    settings.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:" + server.getAddress().getPort());
    return settings;
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      var target = headers.getFirst(TARGET);
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var asking =
          body.contains("\"ReturnConsumedCapacity\"")
              ? body
              : "{\"ReturnConsumedCapacity\":\"TOTAL\"," + body.substring(1);
      var request =
          HttpRequest.newBuilder(dynamo)
              .header(TARGET, target)
              .header("Content-Type", headers.getFirst("Content-Type"))
              .header("Authorization", headers.getFirst("Authorization"))
              .header("X-Amz-Date", headers.getFirst("X-Amz-Date"))
              .POST(HttpRequest.BodyPublishers.ofString(asking))
              .build();
      var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      count(
          target.substring(target.indexOf('.') + 1),
          answer.statusCode(),
          new String(answer.body(), StandardCharsets.UTF_8));
      exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void count(String operation, int status, String answer) {
    calls++;
    var units = 0.0;
    var matcher = UNITS.matcher(answer);
    while (matcher.find()) {
      units += Double.parseDouble(matcher.group(1));
    }
    if (READS.contains(operation)) {
      read += units;
    } else {
      // A refused condition is charged like a write; the refusal does not say so.
      written += status == 200 ? units : 1;
    }
  }
}
