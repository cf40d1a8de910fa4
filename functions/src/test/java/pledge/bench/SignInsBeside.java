package pledge.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import pledge.session.SessionHandler;
import pledge.vault.Environment;

/**
 * A process of its own, one thread, warm, in which people sign in: each once while others are
 * erased and once while nobody is. It says which it is to be, and waits until it is.
 */
final class SignInsBeside {
  static final String ERASE = "erase";
  static final String REST = "rest";

  /** People whom the warm-up needs. */
  static final int WARM_UP = 60;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private SignInsBeside() {}

  /**
   * Measures.
   *
   * @param arguments a file with an event a line
   */
  public static void main(String[] arguments) throws IOException {
    var environment = Environment.ofProcess();
    var handler = new SessionHandler(environment.settings(), environment.clock());
    var events =
        Files.readAllLines(Path.of(arguments[0])).stream()
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .toList();
    for (var event : events.subList(0, WARM_UP)) {
      Rates.answer(handler, event);
    }
    var first = ERASE;
    for (var event : events.subList(WARM_UP, events.size())) {
      var beside = new double[0];
      var alone = new double[0];
      for (var state : first.equals(ERASE) ? List.of(ERASE, REST) : List.of(REST, ERASE)) {
        System.out.println(state);
        if (System.in.read() < 0) {
          throw new IllegalStateException("nobody listens");
        }
        var taken = signIn(handler, event);
        if (state.equals(ERASE)) {
          beside = taken;
        } else {
          alone = taken;
        }
      }
      first = first.equals(ERASE) ? REST : ERASE;
      System.out.println(
          Rates.LINE + beside[0] + " " + beside[1] + " " + alone[0] + " " + alone[1]);
    }
    System.exit(0);
  }

  /** Milliseconds: wall, CPU. */
  private static double[] signIn(SessionHandler handler, byte[] event) {
    var cpu = PROCESS.getProcessCpuTime();
    var start = System.nanoTime();
    Rates.answer(handler, event);
    var wall = System.nanoTime() - start;
    cpu = PROCESS.getProcessCpuTime() - cpu;
    return new double[] {wall / 1e6, cpu / 1e6};
  }
}
