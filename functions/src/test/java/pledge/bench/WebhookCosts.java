package pledge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.runtime.Events;
import pledge.runtime.Instance.Answer;
import pledge.runtime.Jvm;
import pledge.runtime.Jvm.Mode;

/** What it costs to take what Stripe sends, cold and warm, beside the least that it could cost. */
final class WebhookCosts {
  private static final double COLD_TARGET = 1.3;

  private final Report report;
  private final AtomicInteger messages = new AtomicInteger();

  WebhookCosts(Report report) {
    this.report = report;
  }

  void run() throws IOException {
    var options = Options.inMemory().withTickingClock().withFunctions("StripeWebhookFunction");
    try (var machine = Machine.start(options)) {
      cold(machine);
      warm(machine);
    }
  }

  private void cold(Machine machine) {
    var secret = Webhooks.secret(machine.environment("StripeWebhookFunction"));
    var write =
        Start.reference(
            "empty handler and one write",
            References.OneWrite.class,
            // Without a library that only ours needs.
            "page",
            Events.get("/", ""));
    var ours =
        Start.http(
            "stripe-webhook",
            "POST /webhooks/stripe",
            false,
            () -> Webhooks.event(messages.incrementAndGet(), secret));
    var answers = new LinkedHashMap<Start, List<Answer>>();
    for (var run = 0; run < Bench.RUNS; run++) {
      for (var start : List.of(write, ours)) {
        answers.computeIfAbsent(start, _ -> new ArrayList<>()).add(first(start, machine));
      }
    }
    var rounds = IntStream.range(0, Bench.RUNS).boxed().toList();
    var ratio =
        Report.median(
            rounds,
            round ->
                cpu(answers.getOrDefault(ours, List.of()).get(round))
                    / cpu(answers.getOrDefault(write, List.of()).get(round)));
    report.heading(
        "Webhooks, cold: first answer of a new JVM", "wall ms", "CPU ms", "× a write", "", "≤ 1.3");
    answers.forEach(
        (start, all) ->
            report.row(
                start.what(),
                Report.median(all, answer -> Report.millis(answer.wall())),
                Report.median(all, WebhookCosts::cpu),
                start.equals(ours) ? Report.ratio(ratio) : "",
                "",
                start.equals(ours)
                    ? report.verdict("cold " + start.what(), ratio <= COLD_TARGET)
                    : ""));
  }

  private static Answer first(Start start, Machine machine) {
    var event = start.event().get();
    try (var instance = start.instance(Mode.ON_DEMAND, machine)) {
      return start.checked(instance.answer(event));
    }
  }

  private static double cpu(Answer answer) {
    return Report.millis(answer.cpu());
  }

  /** Checked and durable, one after the other; DynamoDB Local is what both wait for most. */
  private void warm(Machine machine) throws IOException {
    var builder =
        Cpus.onFirst(
            Jvm.java(
                Mode.ON_DEMAND,
                List.of(Start.archive("stripe-webhook"), Start.ourClasses()),
                WebhookRates.class.getName(),
                "1"));
    builder.environment().putAll(machine.environment("StripeWebhookFunction"));
    // To a file: whoever reads a pipe takes the CPU that the database answers from.
    builder.redirectOutput(Start.LOG.toFile()).start().onExit().join();
    var rounds = lines(Rates.LINE);
    var slowest = lines(WebhookRates.P99);
    if (rounds.isEmpty() || slowest.isEmpty()) {
      throw new IllegalStateException("webhooks failed: see " + Start.LOG);
    }
    var mine = Report.median(rounds, round -> round[0]);
    var least = Report.median(rounds, round -> round[1]);
    report.heading(
        "Webhooks, warm: checked and durable",
        "a second",
        "p99 ms",
        "least a s",
        "its p99",
        "ratio");
    report.row(
        "POST /webhooks/stripe, one thread",
        1_000 / mine,
        slowest.getFirst()[0],
        1_000 / least,
        slowest.getFirst()[1],
        Report.ratio(Report.median(rounds, round -> round[1] / round[0])));
  }

  private static List<double[]> lines(String start) throws IOException {
    return Files.readAllLines(Start.LOG).stream()
        .filter(line -> line.startsWith(start))
        .map(
            line ->
                Stream.of(line.substring(start.length()).split(" ", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray())
        .toList();
  }
}
