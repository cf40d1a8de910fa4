package pledge.retention.stream;

import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.Expirations;

/** A batch, counted by table and day, so that each share of it has a first record and a name. */
final class Tally {
  private final Map<Share, Counts> shares = new LinkedHashMap<>();

  private record Share(Table table, LocalDate day) {}

  private record Counts(String first, Map<Category, Long> byCategory) {}

  /** Sees a record: whatever becomes of it, the first of a share gives that its name. */
  void see(Expired expired) {
    counts(expired);
  }

  void count(Category category, Expired expired) {
    counts(expired).byCategory().merge(category, 1L, Long::sum);
  }

  /** Writes it down, and says what was not there yet. */
  Map<Category, Long> record(Expirations expirations) {
    var added = new EnumMap<Category, Long>(Category.class);
    shares.forEach(
        (share, counts) -> {
          if (!counts.byCategory().isEmpty()) {
            expirations
                .count(share.day(), share.table().id() + "#" + counts.first(), counts.byCategory())
                .forEach((category, count) -> added.merge(category, count, Long::sum));
          }
        });
    return added;
  }

  private Counts counts(Expired expired) {
    return shares.computeIfAbsent(
        new Share(expired.table(), expired.day()),
        share -> new Counts(expired.sequenceNumber(), new EnumMap<>(Category.class)));
  }
}
