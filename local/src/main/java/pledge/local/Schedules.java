package pledge.local;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Calls functions when their schedules are due by the machine's clock. When the clock jumps, the
 * occurrences of the last day are made up for, in order, as after an outage; the event says when it
 * was due.
 */
final class Schedules implements Pump.Work {
  /** EventBridge gives an event up that it could not deliver for a day. */
  private static final Duration KEPT = Duration.ofDays(1);

  /** Lambda tries an asynchronous call twice more. */
  private static final int ATTEMPTS = 3;

  private final List<Planned> planned = new ArrayList<>();
  private final InstantSource clock;

  Schedules(Collection<FunctionRuntime> functions, InstantSource clock) {
    this.clock = clock;
    var now = clock.instant();
    for (var function : functions) {
      for (var event : function.function().events()) {
        if (event instanceof EventSource.Schedule schedule) {
          planned.add(new Planned(function, schedule, schedule.expression().after(now)));
        }
      }
    }
  }

  /** One schedule, what it calls, and when next. */
  record View(String name, String function, String expression, Instant next) {}

  private static final class Planned {
    private final FunctionRuntime function;
    private final EventSource.Schedule schedule;
    private Instant next;

    Planned(FunctionRuntime function, EventSource.Schedule schedule, Instant next) {
      this.function = function;
      this.schedule = schedule;
      this.next = next;
    }

    void giveUpBefore(Instant moment) {
      if (next.isBefore(moment)) {
        next = schedule.expression().after(moment.minusSeconds(1));
      }
    }
  }

  synchronized List<View> views() {
    return planned.stream()
        .map(
            plan ->
                new View(
                    plan.schedule.name(),
                    plan.function.function().id(),
                    plan.schedule.expression().text(),
                    plan.next))
        .toList();
  }

  @Override
  public Pump.Step step() {
    var now = clock.instant();
    Planned due;
    Instant at;
    synchronized (this) {
      planned.forEach(plan -> plan.giveUpBefore(now.minus(KEPT)));
      var first =
          planned.stream()
              .filter(plan -> !plan.next.isAfter(now))
              .min(Comparator.comparing(plan -> plan.next));
      if (first.isEmpty()) {
        return Pump.Step.IDLE;
      }
      due = first.get();
      at = due.next;
      due.next = due.schedule.expression().after(at);
    }
    call(due, at);
    return Pump.Step.WORKED;
  }

  private static void call(Planned plan, Instant at) {
    var event = event(plan.schedule, at);
    for (var attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        plan.function.invoke(event);
        return;
      } catch (FunctionFailure _) {
        // It has been printed; the next attempt follows at once rather than in a minute.
      }
    }
  }

  private static byte[] event(EventSource.Schedule schedule, Instant at) {
    if (!schedule.input().isMissingNode()) {
      return Json.bytes(
          schedule.input().isTextual() ? Json.parse(schedule.input().asText()) : schedule.input());
    }
    var scheduler = schedule.kind() == EventSource.Schedule.Kind.SCHEDULER;
    var event =
        Json.object()
            .put("version", "0")
            .put("id", UUID.randomUUID().toString())
            .put("detail-type", "Scheduled Event")
            .put("source", scheduler ? "aws.scheduler" : "aws.events")
            .put("account", Names.ACCOUNT)
            .put("time", at.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString())
            .put("region", Names.REGION);
    event
        .putArray("resources")
        .add(
            scheduler
                ? Names.arn("scheduler", "schedule/default/" + schedule.name())
                : Names.ruleArn(schedule.name()));
    // The two services differ in this too: an object from one, a text from the other.
    return Json.bytes(scheduler ? event.put("detail", "{}") : event.set("detail", Json.object()));
  }
}
