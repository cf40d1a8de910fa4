package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs what Stripe publishes for Node, from {@code src/test/npm}, kept off the network. */
final class Node {
  private static final Path PACKAGES = Path.of("src/test/npm/node_modules");
  private static final long PATIENCE_SECONDS = 60;

  private final File program;
  private final Path home;

  private Node(File program, Path home) {
    this.program = program;
    this.home = home;
  }

  /** What a program said, and how it ended. */
  record Result(int status, String output) {}

  /**
   * Finds it. On a machine that lacks Node or the packages the test is skipped, unless {@code
   * -Dnode.required=true}.
   *
   * @param home a folder for what programs keep
   */
  static Node find(Path home) {
    var program = program();
    var packages = Files.isDirectory(PACKAGES.resolve("@stripe/cli"));
    var missing =
        program.isEmpty()
            ? "node is not installed: Stripe's own tools did not drive the stand-in"
            : "npm ci was not run in local/src/test/npm: Stripe's own tools did not drive the"
                + " stand-in";
    if (Boolean.getBoolean("node.required")) {
      assertThat(program.isPresent() && packages).as(missing).isTrue();
    }
    assumeTrue(program.isPresent() && packages, missing);
    return new Node(program.orElseThrow(), home);
  }

  private static Optional<File> program() {
    return Stream.of(
            Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
        .map(directory -> new File(directory, "node"))
        .filter(File::canExecute)
        .findFirst();
  }

  /** Stripe's command line, led to a stand-in. */
  Result stripe(Machine machine, String... arguments) {
    var all = new ArrayList<>(List.of(PACKAGES.resolve("@stripe/cli/bin/shim.js").toString()));
    all.addAll(List.of(arguments));
    all.addAll(
        List.of(
            "--api-key", StripeStandIn.KEY, "--api-base", machine.stripe().address().toString()));
    return run("", Map.of(), all);
  }

  /**
   * Runs a script.
   *
   * @param input what it reads from standard input
   */
  Result script(String script, String input, Map<String, String> environment) {
    return run(input, environment, List.of("--input-type=module", "--eval", script));
  }

  private Result run(String input, Map<String, String> environment, List<String> arguments) {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    var process = new ProcessBuilder(command).redirectErrorStream(true);
    process.environment().clear();
    process
        .environment()
        .putAll(
            Map.of(
                "PATH", Objects.requireNonNullElse(System.getenv("PATH"), ""),
                "HOME", home.toString(),
                "XDG_CONFIG_HOME", home.toString(),
                "STRIPE_CLI_TELEMETRY_OPTOUT", "1",
                // Whatever else it asks for goes nowhere.
                "HTTP_PROXY", "http://127.0.0.1:9",
                "HTTPS_PROXY", "http://127.0.0.1:9",
                "NO_PROXY", "127.0.0.1"));
    process.environment().putAll(environment);
    try {
      // A file holds what it says: a full pipe would stop it.
      var output = Files.createTempFile(home, "output", ".txt");
      var started = process.redirectOutput(output.toFile()).start();
      try (var in = started.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!started.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        started.destroyForcibly();
        throw new IllegalStateException("It did not end: " + Files.readString(output));
      }
      return new Result(started.exitValue(), Files.readString(output));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
