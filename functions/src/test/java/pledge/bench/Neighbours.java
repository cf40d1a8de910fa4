package pledge.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import pledge.bench.Leavers.Leaver;
import pledge.local.Machine;
import pledge.policy.Table;
import pledge.records.Backstage;
import pledge.records.ManyRecords;
import pledge.runtime.Jvm;
import pledge.runtime.Jvm.Mode;
import pledge.store.Backend;
import pledge.store.Store;
import pledge.store.Tables;
import pledge.store.Throttle;
import pledge.vault.Environment;
import pledge.vault.Vault;

/** How much slower others sign in while people are erased, one after the other. */
final class Neighbours {
  /** What Edna found for its own (SOSP '23). */
  private static final double TARGET = 1.07;

  private static final int ROUNDS = 6 * Bench.RUNS;
  private static final int RECORDS_OF_EACH = 1_000;

  private final Report report;

  Neighbours(Report report) {
    this.report = report;
  }

  void run() throws IOException {
    var options =
        // Who reads a stream of DynamoDB's takes nothing of what the table gives.
        ManyRecords.machine("StripePipe", "ActivityTable")
            .withTickingClock()
            .withFunctions("SignupFunction", "SessionFunction");
    try (var machine = Machine.start(options);
        var backstage = new Backstage(machine)) {
      var events = Files.createTempFile("sign-ins", ".json");
      Files.write(
          events,
          new People(machine)
              .signIns(SignInsBeside.WARM_UP + ROUNDS).stream()
                  .map(event -> new String(event, StandardCharsets.UTF_8).replace('\n', ' '))
                  .toList());
      var leavers = new Leavers(machine, backstage);
      // A thousand records for each round: more than DynamoDB Local deletes meanwhile.
      var waiting =
          new ArrayDeque<>(
              Stream.generate(() -> leavers.asking(RECORDS_OF_EACH)).limit(ROUNDS).toList());
      var pace = new PacedDynamo(backstage.dynamo());
      var eraser = new Eraser(leavers, backend(machine, pace), waiting);
      var thread = Thread.ofPlatform().daemon().start(eraser);
      var rounds = signIns(machine, events, pace);
      say(rounds, eraser.erased.get());
      if (!thread.isAlive()) {
        throw new IllegalStateException("the erasures ended before the sign-ins");
      }
      eraser.stopped.set(true);
      pace.mayPass(true);
      join(thread);
      Files.delete(events);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Backend backend(Machine machine, PacedDynamo dynamo) {
    var environment =
        new Environment(machine.environment("RetentionAuditFunction"), machine.clock());
    var tables = Tables.of(environment);
    var vault =
        new Vault(
            environment.kms(Environment.httpClient()),
            environment.setting("VAULT_KEY"),
            dynamo,
            tables.name(Table.SUBJECT_KEYS),
            tables.name(Table.EPOCH_KEYS),
            machine.clock());
    var store = new Store(dynamo, tables, vault, machine.clock());
    return new Backend(store, vault, new Throttle(store));
  }

  /** Erases one after the other. */
  private record Eraser(
      Leavers leavers,
      Backend backend,
      ArrayDeque<Leaver> waiting,
      AtomicInteger erased,
      AtomicBoolean stopped)
      implements Runnable {
    Eraser(Leavers leavers, Backend backend, ArrayDeque<Leaver> waiting) {
      this(leavers, backend, waiting, new AtomicInteger(), new AtomicBoolean());
    }

    @Override
    public void run() {
      while (!waiting.isEmpty() && !stopped.get()) {
        leavers.erase(waiting.removeFirst(), backend);
        erased.incrementAndGet();
      }
    }
  }

  /** Of each round: milliseconds and CPU beside erasures, and without. */
  private static List<double[]> signIns(Machine machine, Path events, PacedDynamo pace)
      throws IOException {
    var builder =
        Jvm.java(
            Mode.ON_DEMAND,
            List.of(Start.archive("session"), Start.ourClasses()),
            SignInsBeside.class.getName(),
            events.toString());
    builder.environment().putAll(machine.environment("SessionFunction"));
    var process = Cpus.onFirst(builder).start();
    var rounds = new ArrayList<double[]>();
    try (var out = process.inputReader();
        var in = process.outputWriter()) {
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        switch (line) {
          case SignInsBeside.ERASE, SignInsBeside.REST -> {
            pace.mayPass(line.equals(SignInsBeside.ERASE));
            in.write('\n');
            in.flush();
          }
          default -> {
            if (line.startsWith(Rates.LINE)) {
              rounds.add(
                  Stream.of(line.substring(Rates.LINE.length()).split(" ", -1))
                      .mapToDouble(Double::parseDouble)
                      .toArray());
            }
          }
        }
      }
    }
    if (rounds.size() < ROUNDS) {
      throw new IllegalStateException("sign-ins failed");
    }
    return rounds;
  }

  private void say(List<double[]> rounds, int erased) {
    var ratio = Report.median(rounds, round -> round[0] / round[2]);
    report.say("");
    report.say(
        """
        Sign-ins have a CPU to themselves. The other is DynamoDB Local's, and of one erasure after the other, %,d records each,
        with %d ms to each call as on the way to DynamoDB: on AWS the two share neither CPU nor process."""
            .formatted(RECORDS_OF_EACH, PacedDynamo.PACE.toMillis()));
    report.heading("While others are erased", "ms", "without", "ratio", "CPU ratio", "erased", "");
    report.row(
        "POST /session",
        Report.median(rounds, round -> round[0]),
        Report.median(rounds, round -> round[2]),
        Report.ratio(ratio),
        Report.ratio(Report.median(rounds, round -> round[1] / round[3])),
        erased,
        "≤ " + TARGET + " " + report.verdict("sign-ins beside erasures", ratio <= TARGET));
  }
}
