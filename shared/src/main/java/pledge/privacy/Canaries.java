package pledge.privacy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import pledge.policy.Category;
import pledge.policy.Epoch;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.store.Backend;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.vault.KeyDestroyedException;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/**
 * Records of every category that are about nobody, planted to be looked for: each must be readable
 * while its period lasts, not readable after, and gone soon. One is planted for each hour, day or
 * month in which anybody looks, so that what must be there follows from time.
 */
public final class Canaries {
  /** Whose they are. No random id ends like this one: nobody can be given it. */
  public static final SubjectId SUBJECT = new SubjectId("canary-is-not-a-person");

  /** What the database may take to remove what is expired: TTL says two days. */
  static final Duration REMOVAL = Duration.ofDays(3);

  private static final Instant FOR_EVER = Instant.parse("9999-12-31T00:00:00Z");

  private static final Kind<Planted> PLANTED =
      new Kind<>(Category.PLEDGE_CHECK, "PLANTED", 1, Planted::write, Planted::read);

  private final Store store;
  private final Vault vault;
  private final InstantSource clock;

  public Canaries(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.clock = clock;
  }

  /**
   * How the canaries of a category fared.
   *
   * @param readable as they must be
   * @param early not readable any more, and their period is not over
   * @param late readable, and their period is over
   * @param left lying there, unreadable or not, three days after
   */
  public record Sighting(Category category, int readable, int early, int late, int left) {}

  /** The hours, days and months for which canaries were planted everywhere. */
  private record Planted(Map<Epoch, SortedSet<Instant>> starts) {
    static Planted none() {
      return new Planted(new TreeMap<>());
    }

    SortedSet<Instant> of(Epoch epoch) {
      return starts.computeIfAbsent(epoch, key -> new TreeSet<>());
    }

    Fields write() {
      return new Fields(Category.PLEDGE_CHECK)
          .text(
              "evidence",
              starts.entrySet().stream()
                  .flatMap(
                      entry ->
                          entry.getValue().stream()
                              .map(start -> entry.getKey() + ":" + start.getEpochSecond()))
                  .collect(Collectors.joining(" ")));
    }

    static Planted read(Fields fields) {
      var planted = none();
      for (var word : fields.text("evidence").split(" ", -1)) {
        var parts = word.split(":", -1);
        planted.of(Epoch.valueOf(parts[0])).add(Instant.ofEpochSecond(Long.parseLong(parts[1])));
      }
      return planted;
    }
  }

  /** Plants what is to be planted now, and looks at all that were planted. */
  public Map<Category, Sighting> look() {
    var now = clock.instant();
    for (var category : Category.values()) {
      plant(category, now);
    }
    var ref = PLANTED.in("canaries");
    var found = store.get(ref, Purpose.OPERATIONS);
    var planted = found.isPresent() ? found.get().value() : Planted.none();
    for (var epoch : Epoch.values()) {
      planted.of(epoch).add(epoch.startOf(now));
    }
    var sightings = new TreeMap<Category, Sighting>();
    for (var category : Category.values()) {
      sightings.put(category, look(category, planted.of(grain(category)), now));
    }
    for (var epoch : Epoch.values()) {
      planted.of(epoch).removeIf(start -> isForgotten(epoch, start, now));
    }
    // Of two who look at once the later writes: both know the same starts.
    if (found.isPresent()) {
      store.transaction().replace(found.get(), planted).commit();
    } else {
      store.transaction().insert(ref, planted).commit();
    }
    return sightings;
  }

  private void plant(Category category, Instant now) {
    var ref = kind(category).in(SUBJECT.value(), grain(category).startOf(now).toString());
    try {
      store.insert(ref, marked(category), end(category, now));
    } catch (KeyDestroyedException e) {
      makeKey();
      store.insert(ref, marked(category), end(category, now));
    }
  }

  /** The first time, or where it was destroyed: then the older ones tell. */
  private void makeKey() {
    var key = vault.newSubjectKey(SUBJECT, FOR_EVER);
    if (!store.transaction().add(key).commit().written()) {
      // Another made it at the same time, and that one is the key.
      vault.forgetKeys();
    }
  }

  private Sighting look(Category category, SortedSet<Instant> planted, Instant now) {
    var kind = kind(category);
    var grain = grain(category);
    var readable = new TreeSet<Instant>();
    var late = 0;
    var left = 0;
    for (var remain : store.remains(kind, SUBJECT.value(), category.purposes().iterator().next())) {
      var start = Instant.parse(remain.ref().id());
      var latestEnd = end(category, grain.startAfter(start));
      if (remain.readable().isPresent()) {
        readable.add(start);
        if (!now.isBefore(end(category, remain.createdAt())) || !now.isBefore(latestEnd)) {
          late++;
        }
      }
      if (!now.isBefore(latestEnd.plus(REMOVAL))) {
        left++;
      }
    }
    var young = planted.stream().filter(start -> now.isBefore(end(category, start))).toList();
    var there = (int) young.stream().filter(readable::contains).count();
    return new Sighting(category, there, young.size() - there, late, left);
  }

  /** Canaries of what is kept until an erasure have an end too, or there would be ever more. */
  private static Instant end(Category category, Instant plantedAt) {
    return switch (category.retention().from()) {
      case CREATION -> category.retention().endsAt(plantedAt);
      case ERASURE_REQUEST -> RetentionPeriod.MONTHS_13.endsAt(plantedAt);
    };
  }

  private static boolean isForgotten(Epoch epoch, Instant start, Instant now) {
    return Arrays.stream(Category.values())
        .filter(category -> grain(category) == epoch)
        .noneMatch(category -> now.isBefore(end(category, start)));
  }

  /** Fine enough to see a period's end, coarse enough to stay few. */
  private static Epoch grain(Category category) {
    var period = category.retention();
    var length = Duration.between(Instant.EPOCH, end(category, Instant.EPOCH));
    return period
        .epoch()
        .orElse(
            length.toDays() <= 1 ? Epoch.HOUR : length.toDays() <= 100 ? Epoch.DAY : Epoch.MONTH);
  }

  private static Kind<Fields> kind(Category category) {
    return new Kind<>(category, "CANARY#" + category, 1, Function.identity(), Function.identity());
  }

  private static Fields marked(Category category) {
    var fields = new Fields(category);
    for (var field : category.fields()) {
      switch (field.type()) {
        case TEXT -> fields.text(field.name(), "canary");
        case INSTANT -> fields.instant(field.name(), Instant.EPOCH);
        case NUMBER -> fields.number(field.name(), 0);
        case FLAG -> fields.flag(field.name(), false);
        case BYTES -> fields.bytes(field.name(), "canary".getBytes(StandardCharsets.UTF_8));
      }
    }
    return fields;
  }
}
