package pledge.privacy;

import java.time.Instant;
import java.util.List;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * That a person's privacy request is not completed yet: all of them stand in one list, the first to
 * be due first, so that whoever watches the due dates looks at no person.
 */
public record OpenRequest(SubjectId subject, What what, Instant dueBy) {
  /** What was asked for. */
  public enum What {
    EXPORT,
    ERASURE
  }

  static final Kind<OpenRequest> KIND =
      new Kind<>(Category.OPEN_REQUEST, "REQUEST", 1, OpenRequest::write, OpenRequest::read);

  private static final String LIST = "open-requests";

  /**
   * Its place in the list, which the request itself can name.
   *
   * @param id of the request
   */
  public Ref<OpenRequest> ref(String id) {
    return KIND.in(LIST, dueBy + "#" + id);
  }

  /** All of them, the first to be due first. */
  public static List<OpenRequest> all(Store store) {
    return store.all(KIND, LIST, Purpose.RIGHTS).stream().map(Found::value).toList();
  }

  private Fields write() {
    return new Fields(Category.OPEN_REQUEST)
        .text("subject", subject.value())
        .text("kind", what.name())
        .instant("dueBy", dueBy);
  }

  private static OpenRequest read(Fields fields) {
    return new OpenRequest(
        new SubjectId(fields.text("subject")),
        What.valueOf(fields.text("kind")),
        fields.instant("dueBy"));
  }
}
