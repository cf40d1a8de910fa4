package pledge.retention.stream;

import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
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

  /** Writes it down, and says at once what was not there yet. */
  void record(Expirations expirations, BiConsumer<Category, Long> added) {
    shares.forEach(
        (share, counts) ->
            expirations.count(share.day(), counts.first(), counts.byCategory()).forEach(added));
  }

  private Counts counts(Expired expired) {
    return shares.computeIfAbsent(
        new Share(expired.table(), expired.day()),
        share -> new Counts(expired.event(), new EnumMap<>(Category.class)));
  }
}
