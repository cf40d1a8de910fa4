package pledge.privacy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import pledge.policy.Category;
import pledge.policy.Epoch;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * What was planted and is to be looked for.
 *
 * @param starts the hours, days and months for which it was done
 * @param since when it was first done for a category, which may be younger than the others
 */
record Planted(Map<Epoch, SortedSet<Instant>> starts, Map<Category, Instant> since) {
  static final Kind<Planted> KIND =
      new Kind<>(Category.PLEDGE_CHECK, "PLANTED", 1, Planted::write, Planted::read);

  private static final Map<String, Epoch> EPOCHS = byName(Epoch.values());
  private static final Map<String, Category> CATEGORIES = byName(Category.values());

  static Planted none() {
    return new Planted(new EnumMap<>(Epoch.class), new EnumMap<>(Category.class));
  }

  boolean has(Category category, Instant start) {
    return since.containsKey(category) && of(Canaries.grain(category)).contains(start);
  }

  void add(Category category, Instant start) {
    of(Canaries.grain(category)).add(start);
    since.putIfAbsent(category, start);
  }

  /** All there should have been of a category. */
  SortedSet<Instant> of(Category category) {
    return of(Canaries.grain(category)).tailSet(since.getOrDefault(category, Instant.MAX));
  }

  void forget(Instant now) {
    starts.forEach((epoch, all) -> all.removeIf(start -> isForgotten(epoch, start, now)));
  }

  private SortedSet<Instant> of(Epoch epoch) {
    return starts.computeIfAbsent(epoch, key -> new TreeSet<>());
  }

  Fields write() {
    var words = new ArrayList<String>();
    starts.forEach((epoch, all) -> all.forEach(start -> words.add(word(epoch, start))));
    since.forEach((category, start) -> words.add(word(category, start)));
    return new Fields(Category.PLEDGE_CHECK).text("evidence", String.join(" ", words));
  }

  static Planted read(Fields fields) {
    var planted = none();
    for (var word : fields.text("evidence").split(" ", -1)) {
      var parts = word.split(":", -1);
      var start = Instant.ofEpochSecond(Long.parseLong(parts[1]));
      var epoch = EPOCHS.get(parts[0]);
      var category = CATEGORIES.get(parts[0]);
      if (epoch != null) {
        planted.of(epoch).add(start);
      } else if (category != null) {
        planted.since.put(category, start);
      }
    }
    return planted;
  }

  private static String word(Enum<?> name, Instant start) {
    return name.name() + ":" + start.getEpochSecond();
  }

  private static <E extends Enum<E>> Map<String, E> byName(E[] values) {
    return Arrays.stream(values).collect(Collectors.toMap(Enum::name, Function.identity()));
  }

  private static boolean isForgotten(Epoch epoch, Instant start, Instant now) {
    return Arrays.stream(Category.values())
        .filter(category -> Canaries.grain(category) == epoch)
        .noneMatch(category -> now.isBefore(Canaries.end(category, start)));
  }
}
