package pledge.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import pledge.local.Machine;
import pledge.runtime.Events;
import pledge.runtime.Instance.Answer;
import pledge.runtime.Jvm.Mode;

/** The first answer of each function's new JVM, beside the least that a function could do. */
final class ColdStarts {
  private static final double TARGET = 1.25;

  private final Machine machine;
  private final People people;
  private final Report report;

  ColdStarts(Machine machine, People people, Report report) {
    this.machine = machine;
    this.people = people;
    this.report = report;
  }

  void run() {
    var anything = Events.get("/", "");
    var cookies = people.cookies(Bench.RUNS).iterator();
    var others = people.cookies(Bench.RUNS).iterator();
    var leaving = people.cookies(Bench.RUNS).iterator();
    var supported = people.cookies(Bench.RUNS).iterator();
    var served = people.cookies(Bench.RUNS).iterator();
    var paying = people.cookies(Bench.RUNS).iterator();
    var confirmations = people.confirmations(Bench.RUNS).iterator();
    var signIns = people.signIns(Bench.RUNS).iterator();
    var notices = people.notices(Bench.RUNS).iterator();
    var empty =
        Start.reference("empty stream handler", References.EmptyStream.class, "session", anything);
    var typed =
        Start.reference("empty typed handler", References.EmptyTyped.class, "notice", anything);
    var oneRead =
        Start.reference(
            "stream handler, one DynamoDB read", References.OneRead.class, "session", anything);
    var oneHash =
        Start.reference(
            "stream handler, one password hash", References.OneHash.class, "session", anything);
    var starts =
        List.of(
            empty,
            typed,
            oneRead,
            oneHash,
            Start.http("signup", "POST /signup", true, people::signUp),
            Start.http("signup", "POST /signup/confirmation", true, confirmations::next),
            Start.http("session", "POST /session", true, signIns::next),
            Start.http(
                "session", "GET /session", false, () -> Events.get("/session", cookies.next())),
            Start.http(
                "account",
                "GET /account/policies",
                false,
                () -> Events.get("/account/policies", others.next())),
            Start.http(
                "privacy-request",
                "GET /privacy/requests",
                false,
                () -> Events.get("/privacy/requests", leaving.next())),
            Start.http(
                "support-access",
                "GET /account/staff-access",
                false,
                () -> Events.get("/account/staff-access", supported.next())),
            Start.api("billing", "GET /billing", () -> Events.get("/billing", paying.next())),
            Start.api("assistant", "GET /assistant", () -> Events.get("/assistant", served.next())),
            Start.http("page", "GET /", false, () -> Events.get("/", "")),
            Start.http("pledges", "GET /pledges", false, () -> Events.get("/pledges", "")),
            Start.sampled("incident", "pledge.incident", "list"),
            Start.sampled("legal-hold", "pledge.legalhold", "list"),
            Start.sampled("usage", "pledge.usage", "month"),
            Start.notice(() -> Events.message(notices.next())),
            Start.retention("schedule", "quarter-past"),
            Start.retention("sweep", "hourly"),
            Start.retention("stream", "session-and-sign-up"),
            Start.retention("audit", "daily"),
            Start.sampled("erasure", "pledge.erasure", "erasure"),
            Start.sampled("privacy-clock", "pledge.privacyclock", "hourly"),
            Start.sampled("erasure-replay", "pledge.erasurereplay", "by-hand"),
            Start.sampled("incident-clock", "pledge.incident.clock", "hourly"),
            Start.sampled("policy-change", "pledge.policychange", "hourly"),
            Start.sampled("usage-aggregate", "pledge.usageaggregate", "daily"));
    var answers = new LinkedHashMap<Start, List<Answer>>();
    for (var run = 0; run < Bench.RUNS; run++) {
      for (var start : starts) {
        answers.computeIfAbsent(start, _ -> new ArrayList<>()).add(coldStart(start));
      }
    }
    // Each is compared with the references of its own round: a machine is not always as fast.
    var rounds = IntStream.range(0, Bench.RUNS).boxed().toList();
    ToDoubleBiFunction<Start, Integer> cpu =
        (start, round) ->
            Report.millis(Objects.requireNonNull(answers.get(start)).get(round).cpu());
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
              Report.median(all, a -> Report.millis(a.wall())),
              Report.median(all, a -> Report.millis(a.cpu())),
              Report.ratio(inReads.applyAsDouble(whole)),
              Report.ratio(ratio),
              start.target() ? report.verdict("cold " + start.what(), ratio <= TARGET) : "");
        });
    report.row("one password hash and its library", "", Report.median(rounds, hash));
  }

  private Answer coldStart(Start start) {
    var event = start.event().get();
    try (var instance = start.instance(Mode.ON_DEMAND, machine)) {
      return start.checked(instance.answer(event));
    }
  }
}
