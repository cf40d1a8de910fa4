package pledge.privacy;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * That something went wrong, as it was known at first; naming nobody.
 *
 * @param foundAt the 72 hours (GDPR Art. 33) count from here
 * @param measures what is known and was done so far
 */
public record Incident(String kind, Set<Category> categories, Instant foundAt, String measures) {
  /** What the retention audit opens. */
  public static final String PLEDGE_BROKEN = "pledge broken";

  public static final Kind<Incident> KIND =
      new Kind<>(Category.INCIDENT, "", 1, Incident::write, Incident::read);

  private Fields write() {
    return new Fields(Category.INCIDENT)
        .text("kind", kind)
        .text(
            "categories",
            categories.stream().sorted().map(Category::name).collect(Collectors.joining(" ")))
        .instant("foundAt", foundAt)
        .text("measures", measures);
  }

  private static Incident read(Fields fields) {
    var categories = new TreeSet<Category>();
    for (var name : fields.text("categories").split(" ", -1)) {
      if (!name.isEmpty()) {
        categories.add(Category.valueOf(name));
      }
    }
    return new Incident(
        fields.text("kind"), categories, fields.instant("foundAt"), fields.text("measures"));
  }
}
