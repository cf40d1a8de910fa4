package pledge.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import pledge.runtime.Jvm.Mode;

/**
 * One instance of a function as Lambda runs it: a process of its own with the real runtime client,
 * which asks our local runtime endpoint for events.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">runtime API</a>
 */
public final class Instance implements AutoCloseable {
  /**
   * One answer.
   *
   * @param wall from the start of the process; from the hand-over of the event where the process
   *     ran before
   * @param cpu of the whole process so far
   * @param text what the function answered; {@code error: } or {@code init error: } and the
   *     runtime's report where it failed; {@code ended: } and the exit code after the last
   */
  public record Answer(Duration wall, Duration cpu, String text) {}

  private final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch restored = new CountDownLatch(1);
  private final Mode mode;
  private final HttpServer endpoint;
  private final Process process;
  private final CompletableFuture<Void> end;
  private final String log;

  /** Whose credentials a restored function is given: its own. */
  private volatile String role = "local";

  private volatile long since;
  private int asked;

  private Instance(Mode mode, ProcessBuilder function, Map<String, String> settings) {
    this.mode = mode;
    log = String.valueOf(function.redirectOutput().file());
    try {
      endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      endpoint.setExecutor(
          Executors.newCachedThreadPool(task -> Thread.ofPlatform().daemon().unstarted(task)));
      endpoint.createContext("/", this::serve);
      endpoint.start();
      process = start(function, settings);
      end = process.onExit().thenAccept(this::ended);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts an instance. A snapshot is taken as soon as it is ready, and {@link #restore restored}
   * when the caller says so.
   */
  public static Instance start(Mode mode, ProcessBuilder function, Map<String, String> settings) {
    return new Instance(mode, function, settings);
  }

  /** Waits until the hooks before the snapshot are done. */
  public void awaitSnapshot() {
    try {
      if (!ready.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no snapshot within a minute: see " + log);
      }
      if (!process.isAlive()) {
        throw new IllegalStateException("ended before its snapshot: see " + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Lets it go on after its snapshot. */
  public Instance restore() {
    restored.countDown();
    return this;
  }

  /** The next answer; what went wrong at the start comes first. */
  public Answer answer() {
    try {
      var answer = answers.poll(60, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IllegalStateException("no answer within a minute: see " + log);
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The answer to an event. */
  public Answer answer(byte[] event) {
    events.add(event);
    return answer();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    end.join();
    endpoint.stop(0);
  }

  private Process start(ProcessBuilder function, Map<String, String> settings) throws IOException {
    var environment = function.environment();
    environment.putAll(settings);
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", mode.initialization);
    environment.put("AWS_LAMBDA_RUNTIME_API", address());
    role = settings.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", role);
    if (mode == Mode.SNAP_START) {
      // Where a restored function finds credentials younger than its snapshot: nowhere else.
      environment.keySet().removeAll(List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"));
      environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://" + address() + "/credentials");
    }
    since = System.nanoTime();
    return function.start();
  }

  private void ended(Process process) {
    answers.add(new Answer(Duration.ZERO, Duration.ZERO, "ended: " + process.exitValue()));
    ready.countDown();
  }

  private String address() {
    return "127.0.0.1:" + endpoint.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (path.endsWith("/invocation/next")) {
        next(exchange);
      } else if (path.endsWith("/response")) {
        take("", exchange);
      } else if (path.endsWith("/init/error")) {
        take("init error: ", exchange);
      } else if (path.endsWith("/error")) {
        take("error: ", exchange);
      } else if (path.endsWith("/restore/next")) {
        ready.countDown();
        restored.await();
        send(exchange, 200, "");
      } else if (path.equals("/credentials")) {
        send(
            exchange,
            200,
            """
            {"AccessKeyId": "local", "SecretAccessKey": "local", "Token": "%s", "Expiration": "2099-01-01T00:00:00Z"}\
            """
                .formatted(role));
      } else {
        send(exchange, 404, "");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(String kind, HttpExchange exchange) throws IOException {
    var wall = Duration.ofNanos(System.nanoTime() - since);
    var cpu = process.info().totalCpuDuration().orElse(Duration.ZERO);
    var text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    answers.add(new Answer(wall, cpu, kind + text));
    send(exchange, 202, "{\"status\":\"OK\"}");
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    var event = events.take();
    var headers = exchange.getResponseHeaders();
    headers.add("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
    headers.add("Lambda-Runtime-Trace-Id", "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e");
    headers.add("Content-Type", "application/json");
    headers.add("Lambda-Runtime-Deadline-Ms", Long.toString(System.currentTimeMillis() + 20_000));
    headers.add(
        "Lambda-Runtime-Invoked-Function-Arn",
        "arn:aws:lambda:us-east-1:123456789012:function:bench");
    // A restored function was started long before.
    if (asked++ > 0 || mode == Mode.SNAP_START) {
      since = System.nanoTime();
    }
    exchange.sendResponseHeaders(200, event.length);
    exchange.getResponseBody().write(event);
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
