package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import pledge.policy.Processor;
import pledge.processor.Custodian.Answer;
import pledge.processor.Custodian.Handover;
import pledge.vault.Json;

/**
 * How one processor stands with one request.
 *
 * @param attempts how often it was asked
 * @param nextAt when it is asked again; empty where its answer is for good
 * @param what remains there, if something does
 * @param why it remains, or was refused
 * @param until when it remains
 */
public record ProcessorLine(
    State state,
    int attempts,
    Optional<Instant> firstAt,
    Optional<Instant> nextAt,
    String what,
    String why,
    Optional<Instant> until) {

  /** What it answered last. */
  public enum State {
    /** Not asked yet. */
    TO_BE_ASKED,
    /** What goes on by itself there is ended; a hold keeps it from being asked for more. */
    STOPPED,
    /** It does not know the person. */
    KNOWS_NOTHING,
    GONE,
    SCHEDULED,
    KEPT_BY_LAW,
    /** It handed over what it holds, for a copy. */
    HANDED_OVER,
    REFUSED,
    FAILED
  }

  private static final Duration FIRST_DELAY = Duration.ofMinutes(1);
  private static final Duration LONGEST_DELAY = Duration.ofHours(6);

  /** A refusal is not asked about as often: somebody has to see to it first. */
  private static final Duration REFUSED_DELAY = Duration.ofDays(1);

  /** A processor that failed for so long is somebody's to look into. */
  static final Duration PATIENCE = Duration.ofDays(3);

  static Map<Processor, ProcessorLine> beginning(Map<Processor, List<String>> numbers) {
    var lines = new EnumMap<Processor, ProcessorLine>(Processor.class);
    numbers.forEach(
        (processor, all) ->
            lines.put(processor, of(all.isEmpty() ? State.KNOWS_NOTHING : State.TO_BE_ASKED)));
    return lines;
  }

  static ProcessorLine toBeAsked() {
    return of(State.TO_BE_ASKED);
  }

  static ProcessorLine stopped() {
    return of(State.STOPPED);
  }

  private static ProcessorLine of(State state) {
    return new ProcessorLine(
        state, 0, Optional.empty(), Optional.empty(), "", "", Optional.empty());
  }

  /** Whether its answer is for good. */
  public boolean isFinal() {
    return switch (state) {
      case KNOWS_NOTHING, GONE, SCHEDULED, KEPT_BY_LAW, HANDED_OVER -> true;
      case TO_BE_ASKED, STOPPED, REFUSED, FAILED -> false;
    };
  }

  boolean isStopped() {
    return state == State.STOPPED;
  }

  /** Whether it is to be asked again for the rest, long after its answer was taken for good. */
  boolean isForLater() {
    return state == State.SCHEDULED && nextAt.isPresent();
  }

  boolean isDue(Instant now) {
    return !isFinal() && nextAt.map(next -> !now.isBefore(next)).orElse(true);
  }

  /** Whether staff has to see to it. */
  public boolean isStuck(Instant now) {
    return state == State.REFUSED
        || (!isFinal() && firstAt.map(first -> !now.isBefore(first.plus(PATIENCE))).orElse(false));
  }

  /** Those of them that staff has to see to. */
  static Set<Processor> stuck(Map<Processor, ProcessorLine> lines, Instant now) {
    var stuck = EnumSet.noneOf(Processor.class);
    lines.forEach(
        (processor, line) -> {
          if (line.isStuck(now)) {
            stuck.add(processor);
          }
        });
    return stuck;
  }

  ProcessorLine answered(Answer answer, Instant now) {
    return switch (answer) {
      case Answer.Gone() -> next(State.GONE, now, Optional.empty(), "", "", Optional.empty());
      case Answer.Scheduled(var remains, var end) ->
          next(State.SCHEDULED, now, Optional.empty(), remains, "", Optional.of(end));
      case Answer.Later(var remains, var end) ->
          next(State.SCHEDULED, now, Optional.of(end), remains, "", Optional.of(end));
      case Answer.KeptByLaw(var remains, var law, var end) ->
          next(State.KEPT_BY_LAW, now, Optional.empty(), remains, law, Optional.of(end));
      case Answer.Refused(var reason) -> refused(reason, now);
    };
  }

  ProcessorLine answered(Handover handover, Instant now) {
    return switch (handover) {
      case Handover.HandedOver() ->
          next(State.HANDED_OVER, now, Optional.empty(), "", "", Optional.empty());
      case Handover.Refused(var reason) -> refused(reason, now);
    };
  }

  private ProcessorLine refused(String reason, Instant now) {
    return next(
        State.REFUSED, now, Optional.of(now.plus(REFUSED_DELAY)), "", reason, Optional.empty());
  }

  ProcessorLine failed(Instant now) {
    var delay = FIRST_DELAY.multipliedBy(1L << Math.min(attempts, 10));
    var wait = delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    return next(State.FAILED, now, Optional.of(now.plus(wait)), "", "", Optional.empty());
  }

  private ProcessorLine next(
      State after,
      Instant now,
      Optional<Instant> again,
      String remains,
      String reason,
      Optional<Instant> end) {
    return new ProcessorLine(
        after, attempts + 1, Optional.of(firstAt.orElse(now)), again, remains, reason, end);
  }

  /** As it is shown to its person, and stands on the receipt. */
  public Map<String, Object> view(Processor processor) {
    var view = new LinkedHashMap<String, Object>();
    view.put("processor", processor.shortName());
    view.put("state", state.name());
    if (!what.isEmpty()) {
      view.put("remains", what);
    }
    if (!why.isEmpty()) {
      view.put("why", why);
    }
    until.ifPresent(end -> view.put("until", end.toString()));
    return view;
  }

  static String text(Map<Processor, ProcessorLine> lines) {
    var byName = new TreeMap<String, Object>();
    lines.forEach((processor, line) -> byName.put(processor.name(), line.map()));
    return Json.MAPPER.toJson(byName);
  }

  String text() {
    return Json.MAPPER.toJson(map());
  }

  private Map<String, Object> map() {
    var map = new LinkedHashMap<String, Object>();
    map.put("state", state.name());
    map.put("attempts", attempts);
    firstAt.ifPresent(at -> map.put("firstAt", at.toString()));
    nextAt.ifPresent(at -> map.put("nextAt", at.toString()));
    map.put("what", what);
    map.put("why", why);
    until.ifPresent(at -> map.put("until", at.toString()));
    return map;
  }

  static Map<Processor, ProcessorLine> lines(String text) {
    var lines = new EnumMap<Processor, ProcessorLine>(Processor.class);
    Json.object(Json.MAPPER.fromJson(text))
        .forEach((name, value) -> lines.put(Processor.valueOf(name), line(Json.object(value))));
    return lines;
  }

  static ProcessorLine line(String text) {
    return line(Json.object(Json.MAPPER.fromJson(text)));
  }

  private static ProcessorLine line(Map<String, Object> map) {
    return new ProcessorLine(
        State.valueOf((String) map.getOrDefault("state", "")),
        ((Number) map.getOrDefault("attempts", 0)).intValue(),
        instant(map, "firstAt"),
        instant(map, "nextAt"),
        (String) map.getOrDefault("what", ""),
        (String) map.getOrDefault("why", ""),
        instant(map, "until"));
  }

  private static Optional<Instant> instant(Map<String, Object> map, String name) {
    return Optional.ofNullable((String) map.get(name)).map(Instant::parse);
  }
}
