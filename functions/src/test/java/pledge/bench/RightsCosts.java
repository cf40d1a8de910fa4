package pledge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pledge.bench.Leavers.Leaver;
import pledge.bench.RightsWork.Taken;
import pledge.bench.RightsWork.Task;
import pledge.local.Machine;
import pledge.policy.Category;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequests;
import pledge.records.Backstage;
import pledge.records.ManyRecords;
import pledge.runtime.Jvm;
import pledge.runtime.Jvm.Mode;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * What it takes to copy, and then to delete, all that there is of one person: time a record and
 * memory, where there are few, many and very many.
 */
final class RightsCosts {
  private static final int MOST_RECORDS = Integer.getInteger("bench.records", 1_000_000);
  private static final int FEW = 100;
  private static final int MANY = 10_000;
  private static final int MOST = Math.clamp(MOST_RECORDS, 2 * MANY, 1_000_000);

  /** The functions have 1.5 GB: this is to show that more records need no more of it. */
  private static final String HEAP = "-Xmx64m";

  private static final double GROWTH_TARGET = 1.25;

  private final Report report;

  RightsCosts(Report report) {
    this.report = report;
  }

  void run() throws IOException {
    try (var machine = Machine.start(ManyRecords.machine().withoutFunctions());
        var backstage = new Backstage(machine)) {
      var leavers = new Leavers(machine, backstage);
      var begin = System.nanoTime();
      var tasks = new ArrayList<Task>();
      // The first is to warm up.
      var sizes =
          Stream.concat(
                  Stream.of(MANY),
                  Stream.concat(
                      IntStream.range(0, Math.min(3, Bench.RUNS))
                          .boxed()
                          .flatMap(_ -> Stream.of(FEW, MANY)),
                      Stream.of(MOST)))
              .toList();
      var all = new ArrayList<Leaver>();
      for (var records : sizes) {
        var leaver = leavers.asking(records);
        all.add(leaver);
        tasks.add(new Task("read", records, List.of(leaver.subject().value(), "")));
        tasks.add(new Task("export", records, export(machine, backstage, leaver)));
        tasks.add(
            new Task("beginning", records, List.of(leaver.item(), leaver.beginning().toString())));
        tasks.add(
            new Task("erasure", records, List.of(leaver.item(), leaver.deletion().toString())));
      }
      var written = (System.nanoTime() - begin) / 1e9;
      var taken = work(machine, tasks);
      all.forEach(leavers::checkDeleted);
      report.say("");
      report.say(
          "One person's records, copied and then deleted in a heap of %s; they were written in %,.0f s."
              .formatted(HEAP.substring(4), written));
      report.heading("All there is of one person", "ms", "µs each", "µs of CPU", "MB at most");
      // DynamoDB Local takes longer for a record the more of them a partition has: what shows that
      // a function does not is its own time.
      for (var what : List.of("read", "export", "erasure")) {
        var cpu = each(what, taken);
        if (!what.equals("read")) {
          growth(what, cpu);
        }
      }
    }
  }

  /** The function's own microseconds a record, by how many there are. */
  private IntToDoubleFunction each(String what, List<Taken> taken) {
    var each = new TreeMap<Integer, Double>();
    for (var size : List.of(FEW, MANY, MOST)) {
      each.put(size, say(what, size, taken));
    }
    return size -> each.getOrDefault(size, 0.0);
  }

  private void growth(String what, IntToDoubleFunction each) {
    var growth = each.applyAsDouble(MOST) / each.applyAsDouble(MANY);
    report.row(
        what + ", a record",
        "",
        Report.ratio(growth),
        "",
        "≤ " + GROWTH_TARGET + " " + report.verdict(what + " is linear", growth <= GROWTH_TARGET));
  }

  /** Where the request stands, and when it was asked. */
  private static List<String> export(Machine machine, Backstage backstage, Leaver leaver) {
    var person = leaver.subject();
    var account =
        new Fields(Category.ACCOUNT)
            .text("name", "Ada")
            .text("email", "ada@example.org")
            .instant("createdAt", leaver.askedAt())
            .bytes("confirmation", new byte[32]);
    backstage
        .store()
        .insert(
            new Kind<Fields>(Category.ACCOUNT, "ACCOUNT", 1, it -> it, it -> it).in(person.value()),
            account,
            Instant.MAX);
    var id = new PrivacyRequests(backstage.backend(), machine.clock()).export(person);
    var open =
        OpenRequest.all(backstage.store(), What.EXPORT).stream()
            .filter(found -> OpenRequest.id(found).equals(id))
            .findFirst()
            .orElseThrow();
    return List.of(open.ref().sort(), machine.clock().instant().toString());
  }

  private static List<Taken> work(Machine machine, List<Task> tasks) throws IOException {
    var file = Files.createTempFile("tasks", ".txt");
    Files.write(file, tasks.stream().map(Task::line).toList());
    var builder =
        Jvm.java(
            Mode.ON_DEMAND,
            List.of(Start.archive("export"), Start.archive("erasure"), Start.ourClasses()),
            RightsWork.class.getName(),
            file.toString());
    builder.command().add(builder.command().indexOf("-cp"), HEAP);
    builder.environment().putAll(machine.environment("ExportFunction"));
    builder.environment().putAll(machine.environment("ErasureFunction"));
    // To a file: whoever reads a pipe takes the CPU that the database answers from.
    Cpus.onFirst(builder).redirectOutput(Start.LOG.toFile()).start().onExit().join();
    Files.delete(file);
    var taken =
        Files.readAllLines(Start.LOG).stream()
            .filter(line -> line.startsWith(RightsWork.LINE))
            .map(Taken::parse)
            .toList();
    if (taken.size() < tasks.size()) {
      throw new IllegalStateException("the work failed: see " + Start.LOG);
    }
    return taken.subList(4, taken.size());
  }

  private double say(String what, int records, List<Taken> all) {
    var taken =
        all.stream().filter(one -> one.what().equals(what) && one.records() == records).toList();
    var millis = Report.median(taken, Taken::millis);
    var cpu = Report.median(taken, Taken::cpu) * 1_000 / records;
    report.row(
        "%s of %,d records".formatted(what, records),
        millis,
        millis * 1_000 / records,
        cpu,
        Report.median(taken, one -> one.bytes() / 1e6));
    return cpu;
  }
}
