package pledge.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import pledge.local.Machine;
import pledge.runtime.Events;
import pledge.runtime.Instance.Answer;
import pledge.runtime.Jvm.Mode;

/** The first answer after a snapshot, beside those of the same instance when it is warm. */
final class Restores {
  private static final int RUNS = Bench.RUNS;
  private static final int WARM_REQUESTS = 20;
  private static final double TARGET = 3;

  private final Machine machine;
  private final People people;
  private final Report report;

  Restores(Machine machine, People people, Report report) {
    this.machine = machine;
    this.people = people;
    this.report = report;
  }

  void run() {
    // One session for each instance: one that another instance answers as well costs an update
    // more.
    var cookies = cookies();
    var others = cookies();
    var each = RUNS * (WARM_REQUESTS + 1);
    var confirmations = people.confirmations(each).iterator();
    var signIns = people.signIns(each).iterator();
    var starts =
        List.of(
            Start.http("signup", "POST /signup", false, people::signUp),
            Start.http("signup", "POST /signup/confirmation", false, confirmations::next),
            Start.http("session", "POST /session", false, signIns::next),
            Start.http(
                "session", "GET /session", false, () -> Events.get("/session", cookies.next())),
            Start.http(
                "account",
                "GET /account/policies",
                false,
                () -> Events.get("/account/policies", others.next())),
            Start.http("page", "GET /", false, () -> Events.get("/", "")),
            Start.http("pledges", "GET /pledges", false, () -> Events.get("/pledges", "")));
    var restored = new LinkedHashMap<Start, List<Restored>>();
    for (var run = 0; run < RUNS; run++) {
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
              report.verdict("primed " + start.what(), ratio <= TARGET));
        });
  }

  private record Restored(double first, double warm) {}

  private Iterator<String> cookies() {
    return people.cookies(RUNS).stream()
        .flatMap(cookie -> Collections.nCopies(WARM_REQUESTS + 1, cookie).stream())
        .iterator();
  }

  private Restored restore(Start start) {
    try (var instance = start.instance(Mode.SNAP_START, machine).restore()) {
      var first = start.checked(instance.answer(start.event().get()));
      var warm = new ArrayList<Answer>();
      for (var i = 0; i < WARM_REQUESTS; i++) {
        warm.add(start.checked(instance.answer(start.event().get())));
      }
      return new Restored(
          Report.millis(first.wall()), Report.median(warm, a -> Report.millis(a.wall())));
    }
  }
}
