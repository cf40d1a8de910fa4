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
    report.heading("Warm, one thread", "a second", "the least", "ratio", "CPU ratio", "");
    compare("GET /session, beside a bare read", checks, CHECK_TARGET);
    compare("POST /session, beside a bare hash", signIns, SIGN_IN_TARGET);
  }

  private void compare(String what, List<double[]> rounds, double target) {
    var ratio = Report.median(rounds, round -> round[2] / round[0]);
    report.row(
        what,
        1_000 / Report.median(rounds, round -> round[0]),
        1_000 / Report.median(rounds, round -> round[2]),
        Report.ratio(ratio),
        Report.ratio(Report.median(rounds, round -> round[3] / round[1])),
        "≥ " + target + " " + report.verdict(what, ratio >= target));
  }

  private List<double[]> rate(String what, String argument) throws IOException {
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
    var rounds =
        Files.readAllLines(Start.LOG).stream()
            .filter(line -> line.startsWith(Rates.LINE))
            .map(
                line ->
                    Stream.of(line.substring(Rates.LINE.length()).split(" ", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
            .toList();
    if (rounds.isEmpty()) {
      throw new IllegalStateException(what + " failed: see " + Start.LOG);
    }
    return rounds;
  }
}
