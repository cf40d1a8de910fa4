package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * That a person's privacy request is not completed yet: all of them stand in one list, the first to
 * be due first, so that whoever watches the due dates looks at no person. It is the outbox of
 * requests too: each time that a row changes, somebody goes on with what it is about.
 *
 * @param startsAt until when an erasure can be taken back; empty for a copy
 * @param dueBy its place in the list
 * @param heldSince since when it waits for a legal hold, and for nothing else
 * @param heldDueBy when it must be done: later by the time that it so waited before
 * @param answered what processors answered, once all have for good: it outlives the loss of the
 *     request
 */
public record OpenRequest(
    SubjectId subject,
    What what,
    Optional<Instant> startsAt,
    Instant dueBy,
    Optional<Instant> heldSince,
    Instant heldDueBy,
    Map<Processor, ProcessorLine> answered,
    Instant wokenAt) {

  /** One for a copy. */
  public static OpenRequest export(SubjectId person, Instant dueBy, Instant now) {
    return new OpenRequest(
        person, What.EXPORT, Optional.empty(), dueBy, Optional.empty(), dueBy, Map.of(), now);
  }

  /** One that waits for no legal hold, and never did. */
  public static OpenRequest erasure(
      SubjectId person, Instant startsAt, Instant dueBy, Instant now) {
    return new OpenRequest(
        person, What.ERASURE, Optional.of(startsAt), dueBy, Optional.empty(), dueBy, Map.of(), now);
  }

  /** What was asked for. */
  public enum What {
    EXPORT,
    ERASURE
  }

  static final Kind<OpenRequest> EXPORTS = kind(What.EXPORT);
  static final Kind<OpenRequest> ERASURES = kind(What.ERASURE);

  private static final String LIST = "open-requests";

  private static Kind<OpenRequest> kind(What what) {
    return new Kind<>(Category.OPEN_REQUEST, what.name(), 1, OpenRequest::write, OpenRequest::read);
  }

  /**
   * Its place in the list, which the request itself can name.
   *
   * @param id of the request
   */
  public Ref<OpenRequest> ref(String id) {
    return kindOf(what).in(LIST, dueBy + "#" + id);
  }

  private static Kind<OpenRequest> kindOf(What what) {
    return switch (what) {
      case EXPORT -> EXPORTS;
      case ERASURE -> ERASURES;
    };
  }

  /** All of them, the first to be due first. */
  public static List<Found<OpenRequest>> all(Store store) {
    return Stream.of(What.values())
        .flatMap(what -> all(store, what).stream())
        .sorted(Comparator.comparing(found -> found.value().dueBy()))
        .toList();
  }

  /** Those of one sort, the first to be due first. */
  public static List<Found<OpenRequest>> all(Store store, What what) {
    return store.all(kindOf(what), LIST, Purpose.RIGHTS);
  }

  /** The one at a place that a stream told of; empty where it is done. */
  public static Optional<Found<OpenRequest>> at(Store store, What what, String sort) {
    return store.get(new Ref<>(kindOf(what), LIST, sort), Purpose.RIGHTS);
  }

  /** The id of the request that a row is about. */
  public static String id(Found<OpenRequest> found) {
    var id = found.ref().id();
    return id.substring(id.indexOf('#') + 1);
  }

  /** What {@link #wake} does, to stand in a transaction. */
  static Change woken(Instant now) {
    return Change.of(Category.OPEN_REQUEST).set("wokenAt", now);
  }

  /** Has somebody go on with it: its row changes, and the stream tells of that. */
  public static void wake(Store store, Found<OpenRequest> found, Instant now) {
    store.change(found.ref(), woken(now));
  }

  /**
   * When the first of these must be done; empty where there is none, or all wait for a legal hold
   * and for nothing else: for them time stands still.
   */
  public static Optional<Instant> firstDue(Collection<OpenRequest> open) {
    return open.stream()
        .filter(request -> request.heldSince().isEmpty())
        .map(OpenRequest::heldDueBy)
        .min(Comparator.naturalOrder());
  }

  /** Stops its time, where that runs. */
  static void pause(Store store, Found<OpenRequest> found, Instant now) {
    if (found.value().heldSince().isEmpty()) {
      store.change(
          found.ref(),
          Change.of(Category.OPEN_REQUEST).whereAbsent("heldSince").set("heldSince", now));
    }
  }

  /** Lets its time run on, where that was stopped: what it waited is added. */
  static void resume(Store store, Found<OpenRequest> found, Instant now) {
    found
        .value()
        .heldSince()
        .ifPresent(
            since ->
                store.change(
                    found.ref(),
                    Change.of(Category.OPEN_REQUEST)
                        .where("heldSince", since)
                        .remove("heldSince")
                        .set(
                            "heldDueBy",
                            found.value().heldDueBy().plus(Duration.between(since, now)))));
  }

  /** Notes what processors answered for good. */
  static void noteAnswers(
      Store store, Found<OpenRequest> open, Map<Processor, ProcessorLine> answers) {
    if (!answers.equals(open.value().answered)) {
      store.change(
          open.ref(),
          Change.of(Category.OPEN_REQUEST).set("processors", ProcessorLine.text(answers)));
    }
  }

  private Fields write() {
    var fields =
        new Fields(Category.OPEN_REQUEST)
            .text("subject", subject.value())
            .text("kind", what.name())
            .instant("dueBy", dueBy)
            .instant("wokenAt", wokenAt);
    startsAt.ifPresent(start -> fields.instant("startsAt", start));
    heldSince.ifPresent(since -> fields.instant("heldSince", since));
    if (!heldDueBy.equals(dueBy)) {
      fields.instant("heldDueBy", heldDueBy);
    }
    if (!answered.isEmpty()) {
      fields.text("processors", ProcessorLine.text(answered));
    }
    return fields;
  }

  private static OpenRequest read(Fields fields) {
    return new OpenRequest(
        new SubjectId(fields.text("subject")),
        What.valueOf(fields.text("kind")),
        fields.optionalInstant("startsAt"),
        fields.instant("dueBy"),
        fields.optionalInstant("heldSince"),
        fields.optionalInstant("heldDueBy").orElseGet(() -> fields.instant("dueBy")),
        fields.optionalText("processors").map(ProcessorLine::lines).orElse(Map.of()),
        fields.instant("wokenAt"));
  }
}
