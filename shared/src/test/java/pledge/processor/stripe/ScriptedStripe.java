package pledge.processor.stripe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Answers on loopback what a test tells it to, and remembers what it was asked. */
final class ScriptedStripe implements AutoCloseable {
  /** A call, with its form or query as text that can be read. */
  record Asked(String call, String form, String key, String version) {}

  private record Scripted(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Deque<Scripted>> script = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  ScriptedStripe() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  StripeApi api() {
    return StripeApi.of("sk_test_key", base(), 300);
  }

  /**
   * What that call is answered: in turn, the last of it for ever.
   *
   * @param call {@code GET /v1/customers/cus_1}, without a query
   * @param body not to be answered at all where it is {@code hang}
   */
  ScriptedStripe on(String call, int status, String body) {
    script.computeIfAbsent(call, _ -> new ArrayDeque<>()).add(new Scripted(status, body));
    return this;
  }

  ScriptedStripe on(String call, String body) {
    return on(call, 200, body);
  }

  /** As Stripe says no. */
  ScriptedStripe refuse(String call, int status, String code) {
    return on(
        call,
        status,
        """
        {"error": {"code": "%s", "type": "invalid_request_error", "param": "id",
          "message": "No such thing: 'ada@example.org'", "request_log_url": "https://dashboard"}}\
        """
            .formatted(code));
  }

  List<Asked> asked() {
    return List.copyOf(asked);
  }

  List<String> calls() {
    return asked.stream().map(Asked::call).toList();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var uri = exchange.getRequestURI();
      var call = exchange.getRequestMethod() + " " + uri.getPath();
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var form = body.isEmpty() && uri.getRawQuery() != null ? uri.getRawQuery() : body;
      var headers = exchange.getRequestHeaders();
      asked.add(
          new Asked(
              call,
              URLDecoder.decode(form, StandardCharsets.UTF_8),
              headers.getOrDefault("Idempotency-Key", List.of("")).getFirst(),
              headers.getOrDefault("Stripe-Version", List.of("")).getFirst()));
      var answers = script.get(call);
      var answer =
          answers == null
              ? new Scripted(404, "{\"error\": {\"code\": \"resource_missing\"}}")
              : answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
      if (answer.body().equals("hang")) {
        Thread.sleep(1_000);
      }
      if (!answer.body().equals("cut")) {
        var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
