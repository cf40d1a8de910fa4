package pledge.billing;

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
import pledge.vault.SubjectId;

/**
 * That somebody's payment is overdue, or their assistant is not yet what they are entitled to: it
 * stands in a list, by random ids alone, for as long as that is so. It is an outbox too: each time
 * that its row is written, a function goes on with it.
 *
 * @param since when it began to be so
 */
public record OpenTask(SubjectId subject, What what, Instant since, Instant wokenAt) {

  /** What is to be done. */
  public enum What {
    /** To make their assistant what their subscription entitles to. */
    ASSISTANT("assistants", "ASSISTANT"),
    /** To tell them that they owe something, and in the end to suspend their assistant. */
    OVERDUE("overdue-payments", "OVERDUE");

    private final String list;
    private final Kind<OpenTask> kind;

    What(String list, String prefix) {
      this.list = list;
      this.kind = new Kind<>(Category.OPEN_TASK, prefix, 1, OpenTask::write, OpenTask::read);
    }

    public Kind<OpenTask> kind() {
      return kind;
    }
  }

  /** Its place in the list, one a person. */
  public static Ref<OpenTask> ref(What what, SubjectId person) {
    return what.kind.in(what.list, person.value());
  }

  /** The one of a person; empty where it is done. */
  public static Optional<Found<OpenTask>> of(Store store, What what, SubjectId person) {
    return store.get(ref(what, person), purpose(what));
  }

  /** All of one sort. */
  public static List<Found<OpenTask>> all(Store store, What what) {
    return store.all(what.kind, what.list, purpose(what));
  }

  /** Has somebody go on with it: its row changes, and the stream tells of that. */
  public static boolean wake(Store store, Found<OpenTask> found, Instant now) {
    return store.change(found.ref(), Change.of(Category.OPEN_TASK).set("wokenAt", now));
  }

  private static Purpose purpose(What what) {
    return switch (what) {
      case ASSISTANT -> Purpose.ASSISTANT;
      case OVERDUE -> Purpose.BILLING;
    };
  }

  /** {@code overdue}. */
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
