package pledge.privacy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * When a confirmed legal hold ends: all of them stand in one list, the first to end first. It is
 * the outbox of their ends too: when a row changes, somebody notes that its hold is over.
 */
public record HoldEnd(String hold, SubjectId subject, Instant until, Instant wokenAt) {
  private static final String LIST = "legal-holds";
  private static final String PREFIX = "HOLD_END";

  static final Kind<HoldEnd> KIND =
      new Kind<>(Category.LEGAL_HOLD, PREFIX, 1, HoldEnd::write, HoldEnd::read);

  /** Whether a sort key, as a stream told of it, is that of one. */
  public static boolean isAt(String sort) {
    return sort.startsWith(PREFIX + "#");
  }

  /** Those that are over by then, and were not noted to be. */
  public static List<Found<HoldEnd>> over(Store store, Instant now) {
    return store.all(KIND, LIST, Purpose.LEGAL_DUTY).stream()
        .filter(found -> !now.isBefore(found.value().until()))
        .toList();
  }

  /** The one at a place that a stream told of; empty where the hold's end was noted. */
  static Optional<Found<HoldEnd>> at(Store store, String sort) {
    return store.get(new Ref<>(KIND, LIST, sort), Purpose.LEGAL_DUTY);
  }

  /** Its place in the list, which the hold itself can name. */
  static Ref<HoldEnd> ref(String hold, Instant until) {
    return KIND.in(LIST, until + "#" + hold);
  }

  /** Has somebody note it: its row changes, and the stream tells of that. */
  public static void wake(Store store, Found<HoldEnd> found, Instant now) {
    store.change(found.ref(), Change.of(Category.LEGAL_HOLD).set("wokenAt", now));
  }

  private Fields write() {
    return new Fields(Category.LEGAL_HOLD)
        .text("hold", hold)
        .text("subject", subject.value())
        .instant("until", until)
        .instant("wokenAt", wokenAt);
  }

  private static HoldEnd read(Fields fields) {
    return new HoldEnd(
        fields.text("hold"),
        new SubjectId(fields.text("subject")),
        fields.instant("until"),
        fields.instant("wokenAt"));
  }
}
