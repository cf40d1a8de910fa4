package pledge.privacy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pledge.policy.Category;
import pledge.policy.Holding;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;

/**
 * That a processor still has to delete its copy of a record that is gone. All of them stand in one
 * list, which is their outbox too: each time that a row changes, somebody goes on with it. The id
 * is the processor, {@code #}, and the number that it gave its copy.
 */
public record RemoteCopy(ProcessorLine answer, Instant wokenAt) {
  private static final String LIST = "remote-copies";
  private static final String PREFIX = "COPY";

  static final Kind<RemoteCopy> KIND =
      new Kind<>(Category.REMOTE_COPY, PREFIX, 1, RemoteCopy::write, RemoteCopy::read);

  /** Whether a sort key, as a stream told of it, is that of one. */
  public static boolean isAt(String sort) {
    return sort.startsWith(PREFIX + "#");
  }

  /**
   * Notes that a record is gone or about to be, for each processor that knows a copy of it by the
   * record's own id; once, however often it is said.
   *
   * @param sort the record's sort key, of which the id is what follows the first {@code #}
   */
  public static void note(Store store, Category category, String sort, Instant now) {
    var id = sort.substring(sort.indexOf('#') + 1);
    category.holdings().stream()
        .filter(Holding::underRecordId)
        .map(holding -> KIND.in(LIST, holding.processor() + "#" + id))
        .forEach(
            ref -> store.insert(ref, new RemoteCopy(ProcessorLine.toBeAsked(), now), Instant.MAX));
  }

  /**
   * Notes that a processor deletes the rest of what it holds under a number later, when it is asked
   * again; once, however often it is said.
   */
  static void note(
      Store store, Processor processor, String number, ProcessorLine answer, Instant now) {
    store.insert(KIND.in(LIST, processor + "#" + number), new RemoteCopy(answer, now), Instant.MAX);
  }

  /** All of them. */
  public static List<Found<RemoteCopy>> all(Store store) {
    return store.all(KIND, LIST, Purpose.RIGHTS);
  }

  /** The one at a place that a stream told of; empty where it is done. */
  static Optional<Found<RemoteCopy>> at(Store store, String sort) {
    return store.get(new Ref<>(KIND, LIST, sort), Purpose.RIGHTS);
  }

  static Processor processor(Found<RemoteCopy> found) {
    var id = found.ref().id();
    return Processor.valueOf(id.substring(0, id.indexOf('#')));
  }

  static String number(Found<RemoteCopy> found) {
    var id = found.ref().id();
    return id.substring(id.indexOf('#') + 1);
  }

  /** Has somebody go on with it: its row changes, and the stream tells of that. */
  public static void wake(Store store, Found<RemoteCopy> found, Instant now) {
    store.change(found.ref(), Change.of(Category.REMOTE_COPY).set("wokenAt", now));
  }

  /** A copy that is scheduled to go, or kept by law, is asked about again when that is over. */
  boolean isDue(Instant now) {
    return answer.isFinal()
        ? answer.until().map(end -> !now.isBefore(end)).orElse(true)
        : answer.isDue(now);
  }

  private Fields write() {
    return new Fields(Category.REMOTE_COPY)
        .text("answer", answer.text())
        .instant("wokenAt", wokenAt);
  }

  private static RemoteCopy read(Fields fields) {
    return new RemoteCopy(ProcessorLine.line(fields.text("answer")), fields.instant("wokenAt"));
  }
}
