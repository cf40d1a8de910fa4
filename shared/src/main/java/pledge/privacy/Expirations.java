package pledge.privacy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Store;

/**
 * How many records of each category the database removed because their time was over, by day, and
 * nothing of whom they were about.
 *
 * <p>One row for each batch that was counted. A batch begins where the one before it was
 * acknowledged, so its first record names it: counted again, shorter or longer, it takes its own
 * place, for only the last time can have been acknowledged.
 */
public final class Expirations {
  static final Kind<Map<Category, Long>> KIND =
      new Kind<>(Category.PLEDGE_CHECK, "EXPIRED", 1, Expirations::write, Expirations::read);

  private final Store store;

  public Expirations(Store store) {
    this.store = store;
  }

  /**
   * Counts a batch, in place of what was counted of it before.
   *
   * @param first an id of its first record that no other record has
   * @return what was not counted before
   */
  public Map<Category, Long> count(LocalDate day, String first, Map<Category, Long> batch) {
    var ref = KIND.in(partition(day), first);
    if (!batch.isEmpty() && store.insert(ref, batch, end(day)).written()) {
      return batch;
    }
    var found = store.get(ref, Purpose.OPERATIONS);
    var before = found.isPresent() ? found.get().value() : Map.<Category, Long>of();
    if (found.isPresent() && !before.equals(batch)) {
      store.transaction().replace(found.get(), batch).commit();
    }
    var more = new EnumMap<Category, Long>(Category.class);
    batch.forEach(
        (category, count) -> more.put(category, count - before.getOrDefault(category, 0L)));
    more.values().removeIf(count -> count <= 0);
    return more;
  }

  /** What was counted of a day, in UTC. */
  public Map<Category, Long> of(LocalDate day) {
    var all = new EnumMap<Category, Long>(Category.class);
    for (var found : store.all(KIND, partition(day), Purpose.OPERATIONS)) {
      found.value().forEach((category, count) -> all.merge(category, count, Long::sum));
    }
    return all;
  }

  private static String partition(LocalDate day) {
    return "expired#" + day;
  }

  /** As other figures by day are kept. */
  private static Instant end(LocalDate day) {
    return RetentionPeriod.MONTHS_13.endsAt(day.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private static Fields write(Map<Category, Long> counts) {
    return new Fields(Category.PLEDGE_CHECK)
        .text(
            "evidence",
            counts.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(" ")));
  }

  /** What a version of ours counted that knew another category is of no figure here. */
  private static Map<Category, Long> read(Fields fields) {
    var counts = new EnumMap<Category, Long>(Category.class);
    for (var word : fields.text("evidence").split(" ", -1)) {
      var parts = word.split(":", -1);
      for (var category : Category.values()) {
        if (category.name().equals(parts[0])) {
          counts.put(category, Long.parseLong(parts[1]));
        }
      }
    }
    return counts;
  }
}
