package pledge.privacy;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.privacy.OpenRequest.What;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.store.Tally;
import pledge.vault.Json;
import pledge.vault.SubjectId;

/**
 * What a person asked us about their data, and how far it is.
 *
 * @param startsAt until when it can be taken back
 * @param dueBy when it must be done
 * @param stage what is to be done next
 * @param done what was done, in its order
 * @param processors how each processor stands
 * @param elsewhere the numbers by which processors know the person; empty before they are read, and
 *     where the record was read without being opened
 * @param deleting how far a deletion is of which {@code done} does not tell yet
 */
public record PrivacyRequest(
    What what,
    Status status,
    Instant requestedAt,
    Instant startsAt,
    Instant dueBy,
    String stage,
    List<Step> done,
    Map<Processor, ProcessorLine> processors,
    Optional<Map<Processor, List<String>>> elsewhere,
    Optional<Tally.Mark> deleting) {

  /** As OpenDSR 1.0 names them. */
  public enum Status {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    CANCELLED;

    /** {@code in_progress}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A stage that is over.
   *
   * @param found what it came upon: how many records of each category, for instance; names nobody
   */
  public record Step(String stage, Instant at, Map<String, Object> found) {
    /** As it is kept, shown to its person, and stands on the receipt. */
    public Map<String, Object> view() {
      return Map.of("stage", stage, "at", at.toString(), "found", found);
    }

    /** Whether that part of what it came upon is the same, or missing in both. */
    boolean saysTheSame(String part, Map<String, Object> other) {
      var missing = Map.<String, Object>of();
      return Json.MAPPER
          .toJson(Map.of(part, found.getOrDefault(part, missing)))
          .equals(Json.MAPPER.toJson(Map.of(part, other.getOrDefault(part, missing))));
    }

    /** The same step, which came upon so many more. */
    Step and(Map<String, Long> counts) {
      var more = new TreeMap<>(found);
      counts.forEach(
          (name, count) ->
              more.merge(
                  name,
                  count,
                  (before, now) -> ((Number) before).longValue() + ((Number) now).longValue()));
      return new Step(stage, at, more);
    }

    /** Whether the next one is the rest of the same deletion, and neither tells of a hold. */
    boolean isGoneOnWithIn(Step next) {
      return stage.equals(Erasure.Stage.DELETE.name())
          && next.stage.equals(stage)
          && !found.containsKey(Erasure.HELD)
          && !next.found.containsKey(Erasure.HELD);
    }
  }

  /** How each processor stands, as it is shown to the person, and stands on the receipt. */
  public List<Map<String, Object>> processorViews() {
    return processors.entrySet().stream().map(line -> line.getValue().view(line.getKey())).toList();
  }

  static final Kind<PrivacyRequest> KIND =
      new Kind<>(
          Category.PRIVACY_REQUEST, "REQUEST", 1, PrivacyRequest::write, PrivacyRequest::read);

  /** A wish to be erased, of which nothing is done yet. */
  static PrivacyRequest erasure(Instant requestedAt, Instant dueBy) {
    return erasure(requestedAt, requestedAt.plus(AtErasure.CHANGE_OF_MIND), dueBy);
  }

  /** As one that can be taken back for less than 14 days, or not at all. */
  static PrivacyRequest erasure(Instant requestedAt, Instant startsAt, Instant dueBy) {
    return asked(What.ERASURE, requestedAt, startsAt, dueBy, Erasure.Stage.LOCK.name());
  }

  /** A wish to have a copy; there is nothing to take back. */
  static PrivacyRequest export(Instant requestedAt, Instant dueBy) {
    return asked(What.EXPORT, requestedAt, requestedAt, dueBy, Exports.WRITE);
  }

  private static PrivacyRequest asked(
      What what, Instant requestedAt, Instant startsAt, Instant dueBy, String stage) {
    return new PrivacyRequest(
        what,
        Status.PENDING,
        requestedAt,
        startsAt,
        dueBy,
        stage,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Whether an erasure of that person has begun: what there still is of them is nobody's to look
   * at, though a legal hold may keep it.
   */
  public static boolean isBeingErased(Store store, SubjectId person) {
    return store.allClear(KIND, person.value(), "", Purpose.RIGHTS).stream()
        .map(Found::value)
        .anyMatch(request -> request.what == What.ERASURE && request.status == Status.IN_PROGRESS);
  }

  /** Whether an erasure of that person has begun, or begins with the next run. */
  static boolean erasureIsDue(Store store, SubjectId person, Instant now) {
    return erasureStartsAt(store, person).filter(start -> !now.isBefore(start)).isPresent();
  }

  /** When an erasure of that person begins or began; empty where none is open. */
  static Optional<Instant> erasureStartsAt(Store store, SubjectId person) {
    return store.allClear(KIND, person.value(), "", Purpose.RIGHTS).stream()
        .map(Found::value)
        .filter(request -> request.what == What.ERASURE && request.isOpen())
        .map(PrivacyRequest::startsAt)
        .min(Comparator.naturalOrder());
  }

  /** Whether something of it is to be done still. */
  public boolean isOpen() {
    return status == Status.PENDING || status == Status.IN_PROGRESS;
  }

  /**
   * As others may see it. A legal hold that nobody may know of keeps an erasure at its deletion,
   * and a processor from being asked; and one that is late although all processors answered could
   * wait for nothing else. So of an erasure that began, all from the deletion on is one stage,
   * which every erasure is in, and nothing is said of processors until the receipt.
   */
  public PrivacyRequest shown() {
    if (what != What.ERASURE || status != Status.IN_PROGRESS) {
      return this;
    }
    return with(
        isBeforeDeletion(stage) ? stage : Erasure.Stage.DELETE.name(),
        done.stream().filter(step -> isBeforeDeletion(step.stage)).toList(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static boolean isBeforeDeletion(String stage) {
    return Erasure.Stage.valueOf(stage).compareTo(Erasure.Stage.DELETE) < 0;
  }

  PrivacyRequest withElsewhere(
      Map<Processor, List<String>> numbers, String next, List<Step> steps) {
    return with(next, steps, ProcessorLine.beginning(numbers), Optional.of(numbers), deleting);
  }

  /** The same, elsewhere on its way. */
  private PrivacyRequest with(
      String nextStage,
      List<Step> steps,
      Map<Processor, ProcessorLine> lines,
      Optional<Map<Processor, List<String>>> numbers,
      Optional<Tally.Mark> mark) {
    return new PrivacyRequest(
        what, status, requestedAt, startsAt, dueBy, nextStage, steps, lines, numbers, mark);
  }

  List<Step> doneWith(Step step) {
    return Stream.concat(done.stream(), Stream.of(step)).toList();
  }

  /** How processors stand now, where nobody wrote that since it was read. */
  Change answered(Map<Processor, ProcessorLine> lines) {
    return Change.of(Category.PRIVACY_REQUEST)
        .where("processors", ProcessorLine.text(processors))
        .set("processors", ProcessorLine.text(lines));
  }

  static String text(List<Step> steps) {
    return Json.MAPPER.toJson(steps.stream().map(Step::view).toList());
  }

  private static List<Step> steps(String text) {
    return ((List<?>) Json.MAPPER.fromJson(text)).stream().map(PrivacyRequest::step).toList();
  }

  private static Step step(Object value) {
    var map = Json.object(value);
    return new Step(
        (String) map.getOrDefault("stage", ""),
        Instant.parse((String) map.getOrDefault("at", "")),
        Json.object(map.getOrDefault("found", Map.of())));
  }

  private Fields write() {
    var fields =
        new Fields(Category.PRIVACY_REQUEST)
            .text("kind", what.name())
            .text("status", status.name())
            .instant("requestedAt", requestedAt)
            .instant("startsAt", startsAt)
            .instant("dueBy", dueBy)
            .text("stage", stage)
            .text("done", text(done))
            .text("processors", ProcessorLine.text(processors));
    elsewhere.ifPresent(
        numbers -> {
          var byName = new TreeMap<String, List<String>>();
          numbers.forEach((processor, all) -> byName.put(processor.name(), all));
          fields.text("elsewhere", Json.MAPPER.toJson(byName));
        });
    deleting.ifPresent(mark -> fields.text("deleting", mark.text()));
    return fields;
  }

  private static PrivacyRequest read(Fields fields) {
    return new PrivacyRequest(
        What.valueOf(fields.text("kind")),
        Status.valueOf(fields.text("status")),
        fields.instant("requestedAt"),
        fields.instant("startsAt"),
        fields.instant("dueBy"),
        fields.text("stage"),
        steps(fields.text("done")),
        ProcessorLine.lines(fields.text("processors")),
        fields.optionalText("elsewhere").map(PrivacyRequest::numbers),
        fields.optionalText("deleting").map(Tally.Mark::of));
  }

  private static Map<Processor, List<String>> numbers(String text) {
    var numbers = new EnumMap<Processor, List<String>>(Processor.class);
    Json.object(Json.MAPPER.fromJson(text))
        .forEach(
            (name, all) ->
                numbers.put(
                    Processor.valueOf(name),
                    ((List<?>) all).stream().map(String.class::cast).toList()));
    return numbers;
  }

  @Override
  public String toString() {
    return "PrivacyRequest[" + what + " " + status + " " + stage + "]";
  }
}
