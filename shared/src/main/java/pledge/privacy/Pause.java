package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import pledge.policy.Category;
import pledge.store.Store;
import pledge.subject.Notices;
import pledge.vault.SubjectId;

/**
 * What an erasure leaves for now: what legal holds keep; and, where the person is to be told of
 * one, the message and the address until it is sent.
 *
 * @param unsent the places of such messages
 */
record Pause(List<HeldData> holds, Set<String> unsent) {
  /** How long a message is waited for: an address may be dead. */
  private static final Duration PATIENCE = Duration.ofDays(3);

  /** As it is at this moment, by two small looks that open nothing. */
  static Pause of(Store store, Notices notices, SubjectId person, Instant now) {
    return new Pause(
        HeldData.of(store, person, now),
        notices.waiting(person, LegalHolds.NOTICES, now.minus(PATIENCE)));
  }

  boolean isUnsent(String sort) {
    return unsent.contains(sort);
  }

  boolean keeps(Category category) {
    return isHeld(category) || (category == Category.ACCOUNT && !unsent.isEmpty());
  }

  private boolean isHeld(Category category) {
    return holds.stream().anyMatch(held -> held.categories().contains(category));
  }

  /** Whether any of these counts, by category, is of what the law keeps. */
  boolean isByLaw(Map<String, Long> left) {
    return left.keySet().stream().map(Category::valueOf).anyMatch(this::isHeld);
  }

  /** The kinds that are held and until when at the longest, as the person may know; or nothing. */
  Optional<HoldNotice> told() {
    var told = holds.stream().filter(held -> !held.undisclosed()).toList();
    var categories = EnumSet.noneOf(Category.class);
    told.forEach(held -> categories.addAll(held.categories()));
    return told.stream()
        .map(HeldData::until)
        .max(Comparator.naturalOrder())
        .map(until -> new HoldNotice(categories, until));
  }

  /**
   * What the person may know of what is left, by category: how many records, and until when at the
   * longest.
   */
  Map<String, Object> told(Map<String, Long> left) {
    var told = new TreeMap<String, Object>();
    left.forEach(
        (name, records) ->
            holds.stream()
                .filter(held -> !held.undisclosed())
                .filter(held -> held.categories().contains(Category.valueOf(name)))
                .map(HeldData::until)
                .max(Instant::compareTo)
                .ifPresent(
                    until ->
                        told.put(
                            name,
                            new TreeMap<>(Map.of("records", records, "until", until.toString())))));
    return told;
  }
}
