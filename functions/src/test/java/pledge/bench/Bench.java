package pledge.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import pledge.local.Machine;
import pledge.local.Options;

/**
 * What the functions cost, beside the least that they could cost, from their archives as they are
 * deployed. Every figure is the median of several runs, and what is compared is run by turns, so
 * that a busy machine disturbs both alike.
 */
public final class Bench {
  static final int RUNS = Integer.getInteger("bench.runs", 9);

  private static final long LARGEST_ARCHIVE = 15_000_000;

  private final Report report;

  private Bench(Report report) {
    this.report = report;
  }

  /**
   * Runs it.
   *
   * @param arguments {@code requests}, {@code warm}, {@code retention}, {@code rights}, {@code
   *     webhooks} or {@code neighbours}; all of it where there are none
   */
  public static void main(String[] arguments) throws IOException {
    // Small answers go out at once, as they do from Lambda's endpoint.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Cpus.leaveFirst();
    var bench = new Bench(new Report(System.out));
    // What functions print in this process is no part of the table.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    bench.run(List.of(arguments));
    // DynamoDB Local leaves threads behind.
    System.exit(0);
  }

  private void run(List<String> wanted) throws IOException {
    report.say(
        "Java %s, medians of %d; %s."
            .formatted(System.getProperty("java.version"), RUNS, Cpus.words()));
    if (wanted.isEmpty() || wanted.contains("requests")) {
      requests(true);
      archives();
    } else if (wanted.contains("warm")) {
      requests(false);
    }
    if (wanted.isEmpty() || wanted.contains("retention")) {
      new RetentionCosts(report).run();
    }
    if (wanted.isEmpty() || wanted.contains("rights")) {
      new RightsCosts(report).run();
    }
    if (wanted.isEmpty() || wanted.contains("webhooks")) {
      new WebhookCosts(report).run();
    }
    if (wanted.isEmpty() || wanted.contains("neighbours")) {
      new Neighbours(report).run();
    }
    report.end();
  }

  private void requests(boolean all) throws IOException {
    var options =
        Options.inMemory().withTickingClock().withFunctions("SignupFunction", "SessionFunction");
    try (var machine = Machine.start(options)) {
      var people = new People(machine);
      if (all) {
        new ColdStarts(machine, people, report).run();
        new Restores(machine, people, report).run();
      }
      new WarmRates(machine, people, report).run();
      new RequestCosts(machine, people, report).run();
    }
  }

  private void archives() throws IOException {
    report.heading("Archive", "MB", "", "", "", "≤ 15 MB");
    for (var archive : allArchives()) {
      var name = archive.getFileName().toString();
      var bytes = Files.size(archive);
      report.row(
          name,
          bytes / 1e6,
          "",
          "",
          "",
          report.verdict("archive " + name, bytes <= LARGEST_ARCHIVE));
    }
  }

  private static List<Path> allArchives() throws IOException {
    try (var folders = Files.list(Path.of(""))) {
      return folders
          .map(folder -> folder.resolve("target").resolve(folder.getFileName() + ".zip"))
          .filter(Files::exists)
          .sorted()
          .toList();
    }
  }
}
