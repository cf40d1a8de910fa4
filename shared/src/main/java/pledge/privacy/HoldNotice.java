package pledge.privacy;

import java.time.Instant;
import java.util.Set;
import pledge.policy.Category;

/** What a person is told of a legal hold: which kinds of data, and until when. */
public record HoldNotice(Set<Category> categories, Instant until) {
  private static final String BETWEEN = "#";

  /** What {@link #values} wrote. */
  public static HoldNotice of(String values) {
    var parts = values.split(BETWEEN, 2);
    return new HoldNotice(IncidentEntry.categories(parts[0]), Instant.parse(parts[1]));
  }

  /** As one text, to be kept until it is sent. */
  public String values() {
    return IncidentEntry.names(categories) + BETWEEN + until;
  }
}
