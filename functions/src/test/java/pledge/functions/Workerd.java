package pledge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import pledge.vault.Json;

/**
 * Cloudflare's own runtime, which the npm package miniflare starts: what is uploaded runs in it, on
 * loopback.
 */
final class Workerd {
  static final Path FOLDER = Path.of("assistant-worker/worker");
  private static final long PATIENCE_SECONDS = 300;

  private final File node;

  private Workerd(File node) {
    this.node = node;
  }

  /**
   * Finds it. On a machine that lacks Node or the packages the test is skipped, unless {@code
   * -Dnode.required=true}.
   */
  static Workerd find() {
    var node = node();
    var packages = Files.isDirectory(FOLDER.resolve("node_modules/miniflare"));
    var missing =
        (node.isEmpty()
                ? "node is not installed"
                : "npm ci was not run in functions/assistant-worker/worker")
            + ": what is uploaded to Cloudflare was not run";
    if (Boolean.getBoolean("node.required")) {
      assertThat(node.isPresent() && packages).as(missing).isTrue();
    }
    assumeTrue(node.isPresent() && packages, missing);
    return new Workerd(node.orElseThrow());
  }

  private static Optional<File> node() {
    return Stream.of(
            Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
        .map(directory -> new File(directory, "node"))
        .filter(File::canExecute)
        .findFirst();
  }

  /** Runs the tests of one file; fails with what they print. */
  void test(String file) throws IOException, InterruptedException {
    // A file holds what they print: a full pipe would stop them.
    var output = Files.createTempFile("workerd", ".txt");
    var process =
        node("--test", "test/" + file)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      var ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(ended && process.exitValue() == 0)
          .as("%s %s:%n%s", file, ended ? "failed" : "did not end", Files.readString(output))
          .isTrue();
    } finally {
      end(process);
      Files.delete(output);
    }
  }

  /** Assistants with these bindings, behind the dispatcher. */
  Assistants serve(List<Map<String, String>> bindings) throws IOException {
    var process = node("serve.mjs").redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var input = process.outputWriter(UTF_8);
    input.write(Json.MAPPER.toJson(bindings) + "\n");
    input.flush();
    var url = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
    return new Assistants(process, Objects.requireNonNull(url, "it did not start"));
  }

  /** Kept off the network: whatever it would ask for beyond loopback goes nowhere. */
  private ProcessBuilder node(String... arguments) {
    var command = new ArrayList<>(List.of(node.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(FOLDER.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "HTTP_PROXY", "http://127.0.0.1:9",
                "HTTPS_PROXY", "http://127.0.0.1:9",
                "NO_PROXY", "127.0.0.1",
                // It has no news and no certificates to fetch.
                "CI", "true"));
    // Under another test runner, Node's would speak to that one.
    builder.environment().remove("NODE_TEST_CONTEXT");
    return builder;
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /**
   * What is served until it is closed.
   *
   * @param url where the dispatcher answers
   */
  record Assistants(Process process, String url) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      process.outputWriter(UTF_8).close();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        end(process);
      }
    }
  }
}
