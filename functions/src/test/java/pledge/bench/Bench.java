package pledge.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.runtime.Events;
import pledge.runtime.Instance;
import pledge.runtime.Instance.Answer;
import pledge.runtime.Jvm;
import pledge.runtime.Jvm.Mode;
import pledge.session.SessionHandler;
import pledge.signup.SignupHandler;

/**
 * What the functions cost, beside the least that they could cost, from their archives as they are
 * deployed. Every figure is the median of several runs, and what is compared is run by turns, so
 * that a busy machine disturbs both alike.
 */
public final class Bench {
  private static final int RUNS = Integer.getInteger("bench.runs", 9);
  private static final int RESTORES = (RUNS + 2) / 3;
  private static final int WARM_REQUESTS = 20;

  private static final String RETENTION = "retention-";

  private static final double COLD_TARGET = 1.25;
  private static final double RESTORED_TARGET = 3;
  private static final double CHECK_TARGET = 0.8;
  private static final double SIGN_IN_TARGET = 0.9;
  private static final long LARGEST_ARCHIVE = 15_000_000;

  /** What the last function printed: where it went wrong, the reason stands here. */
  private static final Path LOG = Path.of("target", "bench.log");

  private final Report report = new Report();
  private final Machine machine;
  private final People people;

  private Bench(Machine machine) {
    this.machine = machine;
    this.people = new People(machine);
  }

  /** Runs all of it. */
  public static void main(String[] arguments) throws IOException {
    // Small answers go out at once, as they do from Lambda's endpoint.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Cpus.leaveFirst();
    var options =
        Options.inMemory().withTickingClock().withFunctions("SignupFunction", "SessionFunction");
    try (var machine = Machine.start(options)) {
      new Bench(machine).run();
    }
    // DynamoDB Local leaves threads behind.
    System.exit(0);
  }

  private void run() throws IOException {
    report.say(
        "Java %s, medians of %d; %s."
            .formatted(System.getProperty("java.version"), RUNS, Cpus.words()));
    coldStarts();
    restores();
    rates();
    costs();
    archives();
    report.end();
  }

  /**
   * What to start.
   *
   * @param classPath archives and folders, in order
   */
  private record Handler(String className, List<Path> classPath) {}

  /**
   * A function that starts, and its first request.
   *
   * @param what in the table
   * @param hash whether it makes one password hash
   * @param target whether the target is for it
   */
  private record Start(
      String what,
      String function,
      Handler handler,
      boolean hash,
      boolean target,
      Supplier<byte[]> event) {}

  private void coldStarts() {
    var anything = Events.get("/", "");
    var cookies = people.cookies(RUNS).iterator();
    var confirmations = people.confirmations(RUNS).iterator();
    var signIns = people.signIns(RUNS).iterator();
    var notices = people.notices(RUNS).iterator();
    var empty =
        reference("empty stream handler", References.EmptyStream.class, "session", anything);
    var typed = reference("empty typed handler", References.EmptyTyped.class, "notice", anything);
    var oneRead =
        reference(
            "stream handler, one DynamoDB read", References.OneRead.class, "session", anything);
    var oneHash =
        reference(
            "stream handler, one password hash", References.OneHash.class, "session", anything);
    var starts =
        List.of(
            empty,
            typed,
            oneRead,
            oneHash,
            start("signup", "POST /signup", true, people::signUp),
            start("signup", "POST /signup/confirmation", false, confirmations::next),
            start("session", "POST /session", true, signIns::next),
            start("session", "GET /session", false, () -> Events.get("/session", cookies.next())),
            start("page", "GET /", false, () -> Events.get("/", "")),
            start("pledges", "GET /pledges", false, () -> Events.get("/pledges", "")),
            new Start(
                "notice: SQSEvent",
                "NoticeFunction",
                new Handler("pledge.notice.NoticeHandler", List.of(archive("notice"))),
                false,
                false,
                () -> Events.message(notices.next())),
            scheduled("schedule", "quarter-past"),
            scheduled("sweep", "hourly"),
            scheduled("audit", "daily"));
    var answers = new LinkedHashMap<Start, List<Answer>>();
    for (var run = 0; run < RUNS; run++) {
      for (var start : starts) {
        answers.computeIfAbsent(start, _ -> new ArrayList<>()).add(coldStart(start));
      }
    }
    // Each is compared with the references of its own round: a machine is not always as fast.
    var rounds = IntStream.range(0, RUNS).boxed().toList();
    ToDoubleBiFunction<Start, Integer> cpu =
        (start, round) -> millis(Objects.requireNonNull(answers.get(start)).get(round).cpu());
    ToDoubleFunction<Integer> hash =
        round -> cpu.applyAsDouble(oneHash, round) - cpu.applyAsDouble(empty, round);
    ToDoubleFunction<ToDoubleFunction<Integer>> inReads =
        of ->
            Report.median(
                rounds, round -> of.applyAsDouble(round) / cpu.applyAsDouble(oneRead, round));
    report.heading(
        "Cold start: first answer of a new JVM; ratios of CPU",
        "wall ms",
        "CPU ms",
        "× a read",
        "hash apart",
        "≤ 1.25");
    answers.forEach(
        (start, all) -> {
          ToDoubleFunction<Integer> whole = round -> cpu.applyAsDouble(start, round);
          ToDoubleFunction<Integer> apart =
              round -> whole.applyAsDouble(round) - (start.hash() ? hash.applyAsDouble(round) : 0);
          var ratio = inReads.applyAsDouble(apart);
          report.row(
              start.what(),
              Report.median(all, a -> millis(a.wall())),
              Report.median(all, a -> millis(a.cpu())),
              Report.ratio(inReads.applyAsDouble(whole)),
              Report.ratio(ratio),
              start.target() ? report.verdict("cold " + start.what(), ratio <= COLD_TARGET) : "");
        });
    report.row("one password hash and its library", "", Report.median(rounds, hash));
  }

  private Answer coldStart(Start start) {
    var event = start.event().get();
    try (var instance = instance(Mode.ON_DEMAND, start)) {
      return checked(start.what(), instance.answer(event));
    }
  }

  private Instance instance(Mode mode, Start start) {
    var handler = start.handler();
    var function = Jvm.function(mode, handler.className(), handler.classPath());
    return Instance.start(
        mode,
        Cpus.onFirst(function.redirectOutput(LOG.toFile())),
        machine.environment(start.function()));
  }

  private void restores() {
    // One session for each instance: one that another instance answers as well costs an update
    // more.
    var cookies =
        people.cookies(RESTORES).stream()
            .flatMap(cookie -> Collections.nCopies(WARM_REQUESTS + 1, cookie).stream())
            .iterator();
    var each = RESTORES * (WARM_REQUESTS + 1);
    var confirmations = people.confirmations(each).iterator();
    var signIns = people.signIns(each).iterator();
    var starts =
        List.of(
            start("signup", "POST /signup", false, people::signUp),
            start("signup", "POST /signup/confirmation", false, confirmations::next),
            start("session", "POST /session", false, signIns::next),
            start("session", "GET /session", false, () -> Events.get("/session", cookies.next())),
            start("page", "GET /", false, () -> Events.get("/", "")),
            start("pledges", "GET /pledges", false, () -> Events.get("/pledges", "")));
    var restored = new LinkedHashMap<Start, List<Restored>>();
    for (var run = 0; run < RESTORES; run++) {
      for (var start : starts) {
        restored.computeIfAbsent(start, _ -> new ArrayList<>()).add(restore(start));
      }
    }
    report.heading(
        "Primed, as SnapStart restores it", "first ms", "warm ms", "first/warm", "", "≤ 3");
    restored.forEach(
        (start, all) -> {
          var ratio = Report.median(all, one -> one.first() / one.warm());
          report.row(
              start.what(),
              Report.median(all, Restored::first),
              Report.median(all, Restored::warm),
              Report.ratio(ratio),
              "",
              report.verdict("primed " + start.what(), ratio <= RESTORED_TARGET));
        });
  }

  private record Restored(double first, double warm) {}

  private Restored restore(Start start) {
    try (var instance = instance(Mode.SNAP_START, start).restore()) {
      var first = checked(start.what(), instance.answer(start.event().get()));
      var warm = new ArrayList<Answer>();
      for (var i = 0; i < WARM_REQUESTS; i++) {
        warm.add(checked(start.what(), instance.answer(start.event().get())));
      }
      return new Restored(millis(first.wall()), Report.median(warm, a -> millis(a.wall())));
    }
  }

  private void rates() throws IOException {
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
                List.of(archive("session"), ourClasses()),
                Rates.class.getName(),
                what,
                argument));
    builder.environment().putAll(machine.environment("SessionFunction"));
    // To a file: whoever reads a pipe takes the CPU that the database answers from.
    builder.redirectOutput(LOG.toFile()).start().onExit().join();
    var rounds =
        Files.readAllLines(LOG).stream()
            .filter(line -> line.startsWith(Rates.LINE))
            .map(
                line ->
                    Stream.of(line.substring(Rates.LINE.length()).split(" ", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
            .toList();
    if (rounds.isEmpty()) {
      throw new IllegalStateException(what + " failed: see " + LOG);
    }
    return rounds;
  }

  /** What a warm function consumes. */
  private void costs() {
    var dynamo = machine.environment("SignupFunction").get("AWS_ENDPOINT_URL_DYNAMODB");
    if (dynamo == null) {
      throw new IllegalStateException("no DynamoDB here");
    }
    try (var meter = new CapacityMeter(java.net.URI.create(dynamo))) {
      var signup = new SignupHandler(metered("SignupFunction", meter), machine.clock());
      var session = new SessionHandler(metered("SessionFunction", meter), machine.clock());
      var confirmations = people.confirmations(2).iterator();
      var signIns = people.signIns(2).iterator();
      var cookie = people.cookies(1).getFirst();
      report.heading("One request costs", "reads", "writes", "KMS calls", "calls", "");
      cost("sign-up", meter, signup, people.signUp(), people.signUp());
      cost("confirmation", meter, signup, confirmations);
      cost("sign-in", meter, session, signIns);
      // Now and then one renews the lease of its session's rate limit with a write.
      var check = Events.get("/session", cookie);
      cost("session check", meter, session, check, check);
    }
  }

  private Map<String, String> metered(String function, CapacityMeter meter) {
    var settings = new HashMap<>(machine.environment(function));
    settings.put("AWS_ENDPOINT_URL_DYNAMODB", meter.address());
    return settings;
  }

  private void cost(
      String what,
      CapacityMeter meter,
      com.amazonaws.services.lambda.runtime.RequestStreamHandler handler,
      byte[]... events) {
    cost(what, meter, handler, List.of(events).iterator());
  }

  /** The first event warms up, the second counts. */
  @SuppressWarnings("NullAway") // the handlers do not look at the context
  private void cost(
      String what,
      CapacityMeter meter,
      com.amazonaws.services.lambda.runtime.RequestStreamHandler handler,
      Iterator<byte[]> events) {
    try {
      var out = new java.io.ByteArrayOutputStream();
      handler.handleRequest(new java.io.ByteArrayInputStream(events.next()), out, null);
      meter.consumed();
      machine.kms().reset();
      out.reset();
      handler.handleRequest(new java.io.ByteArrayInputStream(events.next()), out, null);
      checked(what, new Answer(Duration.ZERO, Duration.ZERO, out.toString(StandardCharsets.UTF_8)));
      var consumed = meter.consumed();
      report.row(
          what,
          consumed.readUnits(),
          consumed.writeUnits(),
          machine.kms().calls().size(),
          consumed.calls());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void archives() throws IOException {
    report.heading("Archive", "MB", "", "", "", "≤ 15 MB");
    for (var name : List.of("signup", "session", "page", "pledges", "notice")) {
      var bytes = Files.size(Path.of(name, "target", name + ".zip"));
      report.row(
          name,
          bytes / 1e6,
          "",
          "",
          "",
          report.verdict("archive " + name, bytes <= LARGEST_ARCHIVE));
    }
  }

  private static Start start(String name, String route, boolean hash, Supplier<byte[]> event) {
    var title = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    return new Start(
        name + ": " + route,
        title + "Function",
        new Handler("pledge." + name + "." + title + "Handler", List.of(archive(name))),
        hash,
        true,
        event);
  }

  /** A function that the clock calls. */
  private static Start scheduled(String name, String sample) {
    var folder = RETENTION + name;
    var title = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    return new Start(
        folder,
        "Retention" + title + "Function",
        new Handler(
            "pledge.retention." + name + ".Retention" + title + "Handler",
            List.of(archive(folder))),
        false,
        false,
        () -> {
          try {
            return Files.readAllBytes(Path.of("..", "events", folder, sample + ".json"));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  /** References run from the archive of a function with the same libraries. */
  private static Start reference(String what, Class<?> handler, String libraries, byte[] event) {
    return new Start(
        what,
        "SessionFunction",
        new Handler(handler.getName(), List.of(archive(libraries), ourClasses())),
        false,
        false,
        () -> event);
  }

  private static Path archive(String name) {
    var archive = Path.of(name, "target", name + "-all.jar");
    if (!Files.exists(archive)) {
      throw new IllegalStateException(archive + " is missing: mvn -Pbench packages it first");
    }
    return archive.toAbsolutePath();
  }

  private static Path ourClasses() {
    return Path.of("target", "test-classes").toAbsolutePath();
  }

  private static Answer checked(String what, Answer answer) {
    if (!answer.text().contains("\"statusCode\":20")
        && !answer.text().contains("batchItemFailures\":[]")
        && !(what.startsWith(RETENTION) && answer.text().startsWith("{"))) {
      throw new IllegalStateException(what + " answered " + answer.text());
    }
    return answer;
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
