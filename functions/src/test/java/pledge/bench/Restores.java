package pledge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import pledge.local.Machine;
import pledge.runtime.Events;
import pledge.runtime.Instance;
import pledge.runtime.Instance.Answer;
import pledge.runtime.Jvm.Mode;

/**
 * The first answer after a snapshot, when every connection from before it is dead, beside those of
 * the same instance when it is warm. Each is to another person, whose session the instance has not
 * seen: the work is the same.
 */
final class Restores {
  private static final int RUNS = Bench.RUNS;
  private static final int WARM_REQUESTS = 20;
  private static final double TARGET = 3;

  private final Machine machine;
  private final People people;
  private final Report report;
  private final List<String> cookies = new ArrayList<>();

  Restores(Machine machine, People people, Report report) {
    this.machine = machine;
    this.people = people;
    this.report = report;
  }

  void run() {
    var each = RUNS * (WARM_REQUESTS + 1);
    var confirmations = people.confirmations(each).iterator();
    var signIns = people.signIns(each).iterator();
    var starts =
        List.of(
            Start.http("signup", "POST /signup", false, people::signUp),
            Start.http("signup", "POST /signup/confirmation", false, confirmations::next),
            Start.http("session", "POST /session", false, signIns::next),
            Start.http("session", "GET /session", false, withCookie("/session")),
            Start.http("account", "GET /account/policies", false, withCookie("/account/policies")),
            Start.http(
                "privacy-request", "GET /privacy/requests", false, withCookie("/privacy/requests")),
            Start.http(
                "support-access",
                "GET /account/staff-access",
                false,
                withCookie("/account/staff-access")),
            Start.api("billing", "GET /billing", withCookie("/billing")),
            Start.api("assistant", "GET /assistant", withCookie("/assistant")),
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

  /** Requests by those who signed in in this run, one after the other. */
  private Supplier<byte[]> withCookie(String path) {
    var next = new AtomicInteger();
    return () -> Events.get(path, cookies.get(next.getAndIncrement()));
  }

  private Restored restore(Start start) {
    try (var wire = new Wire(machine.aws());
        var instance = start.instance(Mode.SNAP_START, machine, wire.settings())) {
      instance.awaitSnapshot();
      wire.cut();
      var first = answer(start, instance.restore());
      var warm = new ArrayList<Answer>();
      for (var i = 0; i < WARM_REQUESTS; i++) {
        warm.add(answer(start, instance));
      }
      return new Restored(
          Report.millis(first.wall()), Report.median(warm, a -> Report.millis(a.wall())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer answer(Start start, Instance instance) {
    var answer = start.checked(instance.answer(start.event().get()));
    People.cookie(answer.text()).ifPresent(cookies::add);
    return answer;
  }
}
