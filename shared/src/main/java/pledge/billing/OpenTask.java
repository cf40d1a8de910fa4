package pledge.billing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.store.Transaction;
import pledge.vault.SubjectId;

/**
 * That somebody has something to be looked after: it stands in a list, by random ids alone, for as
 * long as that is so. It is an outbox too: each time that a row of {@link What#ASSISTANT} is
 * written, a function goes on with it.
 *
 * @param since when it began to be so
 * @param wokenAt another one, and a later one, each time that it is woken: who deletes the row
 *     demands that it is what was read
 */
public record OpenTask(SubjectId subject, What what, Instant since, Instant wokenAt) {
  /** Two instances' clocks may differ, and a later call must show as a later moment. */
  private static final Duration GRAIN = Duration.ofMillis(1);

  /** What is to be done. */
  public enum What {
    /** To make their assistant what their subscription entitles to. */
    ASSISTANT("assistants", "ASSISTANT"),
    /** To tell them that they owe something, and in the end to suspend their assistant. */
    OVERDUE("overdue-payments", "OVERDUE"),
    /** To see, once a day, that what they subscribed to is at Stripe what it is with us. */
    SUBSCRIBED("live-subscriptions", "SUBSCRIBED");

    private final String list;
    private final String prefix;

    What(String list, String prefix) {
      this.list = list;
      this.prefix = prefix;
    }

    public Kind<OpenTask> kind() {
      return switch (this) {
        case ASSISTANT -> ASSISTANTS;
        case OVERDUE -> OVERDUES;
        case SUBSCRIBED -> SUBSCRIBED_ONES;
      };
    }
  }

  static final Kind<OpenTask> ASSISTANTS = kind(What.ASSISTANT);
  static final Kind<OpenTask> OVERDUES = kind(What.OVERDUE);
  static final Kind<OpenTask> SUBSCRIBED_ONES = kind(What.SUBSCRIBED);

  private static Kind<OpenTask> kind(What what) {
    return new Kind<>(Category.OPEN_TASK, what.prefix, 1, OpenTask::write, OpenTask::read);
  }

  /** Its place in the list, one a person. */
  public static Ref<OpenTask> ref(What what, SubjectId person) {
    return what.kind().in(what.list, person.value());
  }

  /** The one of a person; empty where it is done. */
  public static Optional<Found<OpenTask>> of(Store store, What what, SubjectId person) {
    return store.get(ref(what, person), purpose(what));
  }

  /** All of one sort. */
  public static List<Found<OpenTask>> all(Store store, What what) {
    return store.all(what.kind(), what.list, purpose(what));
  }

  /** Has somebody go on with it: its row changes, and the stream tells of that. */
  public static boolean wake(Store store, Found<OpenTask> found, Instant now) {
    return store.change(found.ref(), woken(found, now));
  }

  /**
   * Puts it into its list, or wakes it where it stands there, in the transaction that causes it;
   * the transaction is refused where somebody else changes the row meanwhile.
   */
  public static void put(
      Transaction transaction, Store store, What what, SubjectId person, Instant now) {
    var found = of(store, what, person);
    if (found.isPresent()) {
      transaction.change(found.get().ref(), woken(found.get(), now));
    } else {
      transaction.insert(ref(what, person), new OpenTask(person, what, now, now));
    }
  }

  /** Takes it out of its list, in the transaction that ends it; nothing where it is not there. */
  public static void end(Transaction transaction, Store store, What what, SubjectId person) {
    of(store, what, person)
        .ifPresent(found -> transaction.deleteExisting(found.ref(), unchanged(found)));
  }

  /** That it was not woken since it was read. */
  public static Change unchanged(Found<OpenTask> found) {
    return Change.of(Category.OPEN_TASK).where("wokenAt", found.value().wokenAt());
  }

  private static Change woken(Found<OpenTask> found, Instant now) {
    var next = found.value().wokenAt().plus(GRAIN);
    return unchanged(found).set("wokenAt", now.isAfter(next) ? now : next);
  }

  private static Purpose purpose(What what) {
    return switch (what) {
      case ASSISTANT -> Purpose.ASSISTANT;
      case OVERDUE, SUBSCRIBED -> Purpose.BILLING;
    };
  }

  /** {@code overdue of …}. */
  @Override
  public String toString() {
    return what.name().toLowerCase(Locale.ROOT) + " of " + subject;
  }

  private Fields write() {
    return new Fields(Category.OPEN_TASK)
        .text("subject", subject.value())
        .text("kind", what.name())
        .instant("since", since)
        .instant("wokenAt", wokenAt);
  }

  private static OpenTask read(Fields fields) {
    return new OpenTask(
        new SubjectId(fields.text("subject")),
        What.valueOf(fields.text("kind")),
        fields.instant("since"),
        fields.instant("wokenAt"));
  }
}
