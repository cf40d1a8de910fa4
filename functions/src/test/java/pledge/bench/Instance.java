package pledge.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a function as Lambda runs it: a process of its own with the real runtime client,
 * which asks our local runtime endpoint for events.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">runtime API</a>
 */
final class Instance implements AutoCloseable {
  private static final String RUNTIME_CLIENT =
      "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  /** The runtime client and what it needs. */
  private static final List<String> RUNTIME =
      Stream.of(
              RUNTIME_CLIENT,
              "com.amazonaws.services.lambda.runtime.LambdaRuntime",
              "com.amazonaws.services.lambda.runtime.serialization.PojoSerializer",
              "software.amazon.awssdk.utilslite.SdkInternalThreadLocal")
          .map(Instance::jarOf)
          .toList();

  /** The heap of a function of 1769 MB. */
  private static final String HEAP = "-XX:MaxHeapSize=1539768k";

  /** How Lambda's Java 25 is started: it stops at C1, but not under SnapStart. */
  enum Mode {
    ON_DEMAND("on-demand", "-XX:TieredStopAtLevel=1"),
    SNAP_START("snap-start", "-XX:+TieredCompilation");

    /** As the function finds it in its environment. */
    final String initialization;

    final String compilation;

    Mode(String initialization, String compilation) {
      this.initialization = initialization;
      this.compilation = compilation;
    }
  }

  /**
   * One answer.
   *
   * @param wall from the start of the process; from the hand-over of the event where the process
   *     ran before
   * @param cpu of the whole process so far
   */
  record Answer(Duration wall, Duration cpu, String text) {}

  /** What the last one printed: where it went wrong, the reason stands here. */
  private static final Path LOG = Path.of("target", "bench.log");

  private final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final Mode mode;
  private final HttpServer endpoint;
  private final Process process;
  private volatile long since;
  private int asked;

  private Instance(Mode mode, Handler handler, Map<String, String> settings) {
    this.mode = mode;
    try {
      endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      endpoint.setExecutor(
          Executors.newCachedThreadPool(task -> Thread.ofPlatform().daemon().unstarted(task)));
      endpoint.createContext("/", this::serve);
      endpoint.start();
      process = start(handler, settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What to start.
   *
   * @param classPath archives and folders, in order
   */
  record Handler(String className, List<Path> classPath) {}

  /** Starts an instance and hands it its first event. */
  static Instance start(
      Mode mode, Handler handler, Map<String, String> settings, byte[] firstEvent) {
    var instance = new Instance(mode, handler, settings);
    instance.events.add(firstEvent);
    return instance;
  }

  /** The answer to the event that it was started with. */
  Answer first() {
    try {
      var answer = answers.poll(60, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IllegalStateException("no answer within a minute: see " + LOG);
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The answer to another event. */
  Answer next(byte[] event) {
    events.add(event);
    return first();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    endpoint.stop(0);
  }

  /**
   * A Java process on the first CPU, with Lambda's flags; the rest of the machine has the others.
   */
  static ProcessBuilder java(Mode mode, List<Path> classPath, String... more) {
    var command = new ArrayList<>(Cpus.first());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            HEAP,
            "-XX:+UseSerialGC",
            mode.compilation,
            "--enable-native-access=ALL-UNNAMED",
            // As Lambda sets it: where org.crac finds the runtime's hooks.
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac"));
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            Stream.concat(RUNTIME.stream(), classPath.stream().map(Path::toString)).toList()));
    command.addAll(List.of(more));
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    return builder;
  }

  private Process start(Handler handler, Map<String, String> settings) throws IOException {
    var builder = java(mode, handler.classPath(), RUNTIME_CLIENT, handler.className());
    builder.environment().putAll(settings);
    builder.environment().put("AWS_LAMBDA_INITIALIZATION_TYPE", mode.initialization);
    builder.environment().put("AWS_LAMBDA_RUNTIME_API", address());
    if (mode == Mode.SNAP_START) {
      // Where a restored function finds credentials younger than its snapshot.
      builder
          .environment()
          .put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://" + address() + "/credentials");
    }
    builder.redirectErrorStream(true).redirectOutput(LOG.toFile());
    since = System.nanoTime();
    return builder.start();
  }

  private String address() {
    return "127.0.0.1:" + endpoint.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (path.endsWith("/invocation/next")) {
        next(exchange);
      } else if (path.endsWith("/response") || path.endsWith("/error")) {
        var now = System.nanoTime();
        var cpu = process.info().totalCpuDuration().orElse(Duration.ZERO);
        var text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        answers.add(
            new Answer(
                Duration.ofNanos(now - since),
                cpu,
                path.endsWith("/error") ? "error: " + text : text));
        send(exchange, 202, "{\"status\":\"OK\"}");
      } else if (path.equals("/credentials")) {
        send(
            exchange,
            200,
            """
            {"AccessKeyId": "local", "SecretAccessKey": "local", "Token": "local", "Expiration": "2099-01-01T00:00:00Z"}\
            """);
      } else {
        // /restore/next: the snapshot is taken and restored in no time.
        send(exchange, 200, "");
      }
    }
  }

  private void next(HttpExchange exchange) throws IOException {
    byte @Nullable [] event = null;
    try {
      event = events.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
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

  private static String jarOf(String className) {
    try {
      var source = Class.forName(className).getProtectionDomain().getCodeSource();
      return Path.of(source.getLocation().toURI()).toString();
    } catch (ReflectiveOperationException | java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
