package pledge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Who runs where: what is measured has the first CPU to itself, all else shares the others. */
final class Cpus {
  private static final boolean TASKSET = has("taskset");

  private Cpus() {}

  /** Puts this process, and all threads that it will have, on every CPU but the first. */
  static void leaveFirst() {
    var cpus = Runtime.getRuntime().availableProcessors();
    if (TASKSET && cpus > 1) {
      run(
          List.of(
              "taskset",
              "--all-tasks",
              "--cpu-list",
              "--pid",
              "1-" + (cpus - 1),
              Long.toString(ProcessHandle.current().pid())));
    }
  }

  /** The same process, on the first CPU alone. */
  static ProcessBuilder onFirst(ProcessBuilder process) {
    if (TASKSET) {
      process.command().addAll(0, List.of("taskset", "--cpu-list", "0"));
    }
    return process;
  }

  /** In words. */
  static String words() {
    return TASKSET
        ? "what is measured on CPU 0, all else on the others"
        : "not pinned to CPUs (no taskset here): read the ratios with care";
  }

  private static boolean has(String command) {
    try {
      return run(List.of(command, "--version")) == 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static int run(List<String> command) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
