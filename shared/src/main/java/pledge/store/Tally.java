package pledge.store;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import pledge.policy.Table;
import pledge.store.Deletion.Deleted;
import pledge.vault.Json;

/**
 * What one deletion comes upon. It is written down page by page, before anything of the page is
 * deleted: who goes on after a death counts each record once.
 */
public final class Tally {
  private final Optional<Mark> before;
  private final Predicate<Mark> write;
  private final Map<String, Long> seen = new TreeMap<>();
  private final Map<String, Long> held = new TreeMap<>();
  private boolean unwritten;
  private boolean written;

  /**
   * One that goes on.
   *
   * @param before what was written down by who died
   * @param write writes it down; false where somebody else did meanwhile, and goes on
   */
  public Tally(Optional<Mark> before, Predicate<Mark> write) {
    this.before = before;
    this.write = write;
    before.ifPresent(mark -> seen.putAll(mark.seen));
  }

  /** One that nobody goes on with. */
  public Tally() {
    this(Optional.empty(), _ -> true);
  }

  /**
   * What was come upon up to a place. What is held is in it: who goes on meets that again, and
   * takes it off again.
   *
   * @param sort of the last record; all of the tables before its table is counted too
   * @param seen how many of each category
   */
  public record Mark(Table table, String sort, Map<String, Long> seen) {
    /** As {@link #text} wrote it. */
    public static Mark of(String text) {
      var map = Json.object(Json.MAPPER.fromJson(text));
      var seen = new TreeMap<String, Long>();
      Json.object(map.getOrDefault("seen", Map.of()))
          .forEach((name, count) -> seen.put(name, ((Number) count).longValue()));
      return new Mark(
          Table.valueOf((String) map.getOrDefault("table", "")),
          (String) map.getOrDefault("sort", ""),
          seen);
    }

    /** The same for the same. */
    public String text() {
      return Json.MAPPER.toJson(
          new TreeMap<>(Map.of("table", table.name(), "sort", sort, "seen", seen)));
    }
  }

  /** Whether it was counted by who died, and not deleted then. */
  boolean has(Table table, String sort) {
    return before
        .filter(
            mark ->
                table.compareTo(mark.table) < 0
                    || (table == mark.table && sort.compareTo(mark.sort) <= 0))
        .isPresent();
  }

  void deletes(String name) {
    seen.merge(name, 1L, Long::sum);
    unwritten = true;
  }

  void holds(String name, boolean isNew) {
    if (isNew) {
      seen.merge(name, 1L, Long::sum);
    }
    held.merge(name, 1L, Long::sum);
  }

  /** Whether what it came upon up to there can be deleted now. */
  boolean isWritten(Table table, String sort) {
    if (unwritten) {
      unwritten = !write.test(new Mark(table, sort, new TreeMap<>(seen)));
      written |= !unwritten;
    }
    return !unwritten;
  }

  /**
   * All there was; or what there was up to here, but for who did not even come to where another
   * died.
   */
  public Deleted deleted(boolean finished) {
    var records = new TreeMap<String, Long>();
    if (finished || written) {
      seen.forEach(
          (name, count) -> {
            var gone = count - held.getOrDefault(name, 0L);
            if (gone > 0) {
              records.put(name, gone);
            }
          });
    }
    return new Deleted(records, held, finished);
  }
}
