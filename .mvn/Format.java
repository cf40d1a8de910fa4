import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Holds every Java file to google-java-format: {@code check} (the default) fails on the first that
 * differs, {@code fix} writes them. It runs on the toolchain's JDK 25, because a formatter parses
 * with the compiler of the Java it runs on, and Maven may have been started by an older one.
 */
class Format {
  public static void main(String[] arguments) throws Exception {
    var fix = arguments.length > 0 && arguments[0].equals("fix");
    var formatter = new Formatter();
    var different = 0;
    try (Stream<Path> files = Files.walk(Path.of(""))) {
      for (var file : (Iterable<Path>) files.filter(Format::isOurs)::iterator) {
        var source = Files.readString(file);
        var formatted =
            formatter.formatSource(
                ImportOrderer.reorderImports(
                    RemoveUnusedImports.removeUnusedImports(source), Style.GOOGLE));
        if (!formatted.equals(source)) {
          different++;
          if (fix) {
            Files.writeString(file, formatted);
          } else {
            System.err.println("not formatted: " + file);
          }
        }
      }
    }
    if (different > 0 && !fix) {
      System.err.println(different + " files are not formatted: mvn -Pformat formats them.");
      System.exit(1);
    }
  }

  private static boolean isOurs(Path file) {
    return file.toString().endsWith(".java")
        && Stream.of("target", "node_modules")
            .noneMatch(folder -> file.toString().contains(folder + "/"));
  }
}
