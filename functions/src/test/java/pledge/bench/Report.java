package pledge.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The table, row by row. */
final class Report {
  private static final String MISSED = "MISSED";

  private final PrintStream out;
  private final List<String> missed = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void say(String line) {
    out.println(line);
  }

  void heading(String first, Object... columns) {
    out.println();
    row(first, columns);
  }

  /** A row; numbers are printed with one digit after the point, ratios with two. */
  void row(String first, Object... columns) {
    var line = new StringBuilder(String.format(Locale.ROOT, "%-42s", first));
    for (var column : columns) {
      line.append(
          column instanceof Double number
              ? String.format(Locale.ROOT, "%12.1f", number)
              : String.format(Locale.ROOT, "%12s", column));
    }
    out.println(line.toString().stripTrailing());
  }

  /** Whether a target is met; a missed one is said again at the end. */
  String verdict(String what, boolean met) {
    if (!met) {
      missed.add(what);
    }
    return met ? "met" : MISSED;
  }

  void end() {
    out.println();
    out.println(
        missed.isEmpty() ? "Every target is met." : MISSED + ": " + String.join(", ", missed));
  }

  static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  static String ratio(double ratio) {
    return String.format(Locale.ROOT, "%.2f", ratio);
  }

  static <T> double median(Collection<T> of, ToDoubleFunction<T> by) {
    var sorted = of.stream().mapToDouble(by).sorted().toArray();
    var middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
