package pledge.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import pledge.local.Machine;
import pledge.runtime.Jvm;
import pledge.runtime.Jvm.Mode;

/** What a warm function answers in a second, beside the least that it could do. */
final class WarmRates {
  private static final double CHECK_TARGET = 0.8;
  private static final double SIGN_IN_TARGET = 0.9;

  private final Machine machine;
  private final People people;
  private final Report report;

  WarmRates(Machine machine, People people, Report report) {
    this.machine = machine;
    this.people = people;
    this.report = report;
  }

  void run() throws IOException {
    var checks = rate("checks", people.cookies(1).getFirst());
    var file = Files.createTempFile("sign-ins", ".json");
    Files.write(
        file,
        people.signIns(Rates.PEOPLE).stream()
            .map(event -> new String(event, StandardCharsets.UTF_8).replace('\n', ' '))
            .toList());
    var signIns = rate("sign-ins", file.toString());
    Files.delete(file);
    report.heading("Warm, on one CPU", "a second", "the least", "ratio", "");
    target("GET /session, beside a bare read", rounds(checks, Rates.LINE), 1, CHECK_TARGET);
    // A hash is bound by the CPU, so what it allows is what a CPU allows that is kept busy.
    target(
        "POST /session, two at once, beside hashes",
        rounds(signIns, Rates.TOGETHER),
        Rates.PIECES,
        SIGN_IN_TARGET);
    row("POST /session, one by one: and waits", rounds(signIns, Rates.LINE), 1, "");
  }

  private void target(String what, List<double[]> rounds, int pieces, double target) {
    var verdict = report.verdict(what, ratio(rounds) >= target);
    row(what, rounds, pieces, "  ≥ " + target + " " + verdict);
  }

  private void row(String what, List<double[]> rounds, int pieces, String verdict) {
    report.row(
        what,
        1_000 * pieces / Report.median(rounds, round -> round[0]),
        1_000 * pieces / Report.median(rounds, round -> round[1]),
        Report.ratio(ratio(rounds)),
        verdict);
  }

  private static double ratio(List<double[]> rounds) {
    return Report.median(rounds, round -> round[1] / round[0]);
  }

  /** Each round's milliseconds: ours, the least. */
  private static List<double[]> rounds(List<String> lines, String how) {
    var rounds =
        lines.stream()
            .filter(line -> line.startsWith(how))
            .map(
                line ->
                    Stream.of(line.substring(how.length()).split(" ", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
            .toList();
    if (rounds.isEmpty()) {
      throw new IllegalStateException("a rate failed: see " + Start.LOG);
    }
    return rounds;
  }

  private List<String> rate(String what, String argument) throws IOException {
    var builder =
        Cpus.onFirst(
            Jvm.java(
                Mode.ON_DEMAND,
                List.of(Start.archive("session"), Start.ourClasses()),
                Rates.class.getName(),
                what,
                argument));
    builder.environment().putAll(machine.environment("SessionFunction"));
    // To a file: whoever reads a pipe takes the CPU that the database answers from.
    builder.redirectOutput(Start.LOG.toFile()).start().onExit().join();
    return Files.readAllLines(Start.LOG);
  }
}
