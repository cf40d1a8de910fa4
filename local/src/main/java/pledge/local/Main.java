package pledge.local;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The run command. */
public final class Main {
  /** What the shell is told when something that a person can put right stands in the way. */
  static final int MISUSE = 2;

  private Main() {}

  /** Runs until it is stopped. */
  public static void main(String[] arguments) throws InterruptedException {
    FunctionLog.install();
    var running = new AtomicReference<Optional<Machine>>(Optional.empty());
    // Ctrl-C and SIGTERM: what is being written is finished, then the JVM ends.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> running.get().ifPresent(Machine::close), "stop"));
    var command = CommandLine.parse(List.of(arguments));
    running.set(begin(command, System.out, System.err));
    if (running.get().isEmpty()) {
      System.exit(command instanceof CommandLine.Help ? 0 : MISUSE);
    }
    Thread.currentThread().join();
  }

  /** Does what was asked; a machine if one runs now. */
  static Optional<Machine> begin(CommandLine command, PrintStream out, PrintStream err) {
    return switch (command) {
      case CommandLine.Help _ -> {
        out.print(CommandLine.HELP);
        yield Optional.empty();
      }
      case CommandLine.Wrong(var sentence) -> {
        err.println(sentence);
        yield Optional.empty();
      }
      case CommandLine.Run run -> start(run, out, err);
    };
  }

  private static Optional<Machine> start(CommandLine.Run run, PrintStream out, PrintStream err) {
    try {
      var machine = Machine.start(run.options());
      out.println("Open    " + machine.api() + "/");
      out.println("Behind  " + machine.api() + LocalPages.ROOT + "  (what runs, mail, clock)");
      out.println(
          "Data    "
              + run.data()
                  .map(folder -> folder.toString())
                  .orElse("in memory: gone when this ends"));
      out.println("Stop    Ctrl-C");
      machine.warmUp();
      return Optional.of(machine);
    } catch (MachineException e) {
      err.println(e.getMessage());
      return Optional.empty();
    }
  }
}
