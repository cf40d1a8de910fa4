package pledge.privacy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import pledge.policy.Category;
import pledge.policy.Epoch;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Remain;
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

  /** Plants what is to be planted now and is not yet, and looks at all that were planted. */
  public Map<Category, Sighting> look() {
    var now = clock.instant();
    var ref = Planted.KIND.in("canaries");
    var found = store.get(ref, Purpose.OPERATIONS);
    var planted = found.isPresent() ? found.get().value() : Planted.none();
    for (var category : Category.values()) {
      var start = grain(category).startOf(now);
      if (!planted.has(category, start)) {
        plant(category, now);
      }
    }
    for (var category : Category.values()) {
      planted.add(category, grain(category).startOf(now));
    }
    var sightings = look(planted, now);
    planted.forget(now);
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

  private Map<Category, Sighting> look(Planted planted, Instant now) {
    var there = new EnumMap<Category, List<Remain<Fields>>>(Category.class);
    for (var table : Table.values()) {
      var kinds = new HashMap<Kind<Fields>, Purpose>();
      for (var category : Category.values()) {
        if (category.table() == table) {
          there.put(category, new ArrayList<>());
          kinds.put(kind(category), category.purposes().iterator().next());
        }
      }
      if (!kinds.isEmpty()) {
        for (var remain : store.remains(table, SUBJECT.value(), kinds)) {
          var category = remain.ref().kind().category();
          there.computeIfAbsent(category, key -> new ArrayList<>()).add(remain);
        }
      }
    }
    var sightings = new EnumMap<Category, Sighting>(Category.class);
    there.forEach(
        (category, remains) ->
            sightings.put(category, look(category, planted.of(category), remains, now)));
    return sightings;
  }

  private static Sighting look(
      Category category, SortedSet<Instant> planted, List<Remain<Fields>> remains, Instant now) {
    var grain = grain(category);
    var readable = new TreeSet<Instant>();
    var late = 0;
    var left = 0;
    for (var remain : remains) {
      var start = Instant.parse(remain.ref().id());
      var latestEnd = end(category, grain.startAfter(start));
      if (remain.readable()) {
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
    var seen = (int) young.stream().filter(readable::contains).count();
    return new Sighting(category, seen, young.size() - seen, late, left);
  }

  /** Canaries of what is kept until an erasure have an end too, or there would be ever more. */
  static Instant end(Category category, Instant plantedAt) {
    return switch (category.retention().from()) {
      case CREATION -> category.retention().endsAt(plantedAt);
      case ERASURE_REQUEST -> RetentionPeriod.MONTHS_13.endsAt(plantedAt);
    };
  }

  /** Fine enough to see a period's end, coarse enough to stay few. */
  static Epoch grain(Category category) {
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
