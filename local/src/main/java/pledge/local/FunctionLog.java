package pledge.local;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Standard output on which each line of a function's carries the function's name. */
final class FunctionLog {
  private static final InheritableThreadLocal<String> FUNCTION = new InheritableThreadLocal<>();

  private FunctionLog() {}

  /** Puts it in the place of {@link System#out}, for the whole of this JVM. */
  static void install() {
    var console =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    System.setOut(new PrintStream(new Prefixing(console), true, StandardCharsets.UTF_8));
  }

  /** What this thread prints from now on is the function's. */
  static void enter(String function) {
    FUNCTION.set(function);
  }

  /** A line as people read it: of a metric the figures, without what is CloudWatch's alone. */
  static String shown(String line) {
    if (!line.startsWith("{\"_aws\":")) {
      return line;
    }
    var figures = new StringJoiner(", ", "METRIC ", "");
    for (var figure : Json.parse(line).properties()) {
      if (!figure.getKey().equals("_aws")) {
        figures.add(figure.getKey() + " " + figure.getValue().asText());
      }
    }
    return figures.toString();
  }

  private static final class Prefixing extends OutputStream {
    private final PrintStream console;
    private final ThreadLocal<StringBuilder> line = ThreadLocal.withInitial(StringBuilder::new);

    Prefixing(PrintStream console) {
      this.console = console;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      var mine = line.get();
      mine.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
      for (var end = mine.indexOf("\n"); end >= 0; end = mine.indexOf("\n")) {
        @Nullable String function = FUNCTION.get();
        var text = shown(mine.substring(0, end));
        console.print((function == null ? "" : "[" + function + "] ") + text + "\n");
        console.flush();
        mine.delete(0, end + 1);
      }
    }
  }
}
