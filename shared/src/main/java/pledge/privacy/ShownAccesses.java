package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import pledge.policy.Purpose;
import pledge.store.Chains;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * What people are shown of staff's looks, against the audit's chain: who altered only what a person
 * sees would break no chain.
 */
public final class ShownAccesses {
  /** Two that were written in one transaction may end a moment apart. */
  private static final Duration SOON_OVER = Duration.ofDays(1);

  /** Clocks of ours may differ, and looks go on while they are compared. */
  private static final Duration JUST_NOW = Duration.ofMinutes(5);

  private final Store store;
  private final Chains chains;
  private final InstantSource clock;

  public ShownAccesses(Store store, InstantSource clock) {
    this.store = store;
    this.chains = new Chains(store);
    this.clock = clock;
  }

  /**
   * What was found.
   *
   * @param accesses that the chain has
   * @param differing that are shown otherwise, are not shown, or are shown and never were
   */
  public record Compared(long accesses, long differing) {}

  /** Compares all of those about whom there is a row: one query for each of them. */
  public Compared compare() {
    var now = clock.instant();
    var rows = new HashMap<SubjectId, Set<StaffAccess>>();
    for (var row : chains.all(StaffAccess.ROW, Purpose.SECURITY)) {
      if (isSettled(row, now)) {
        rows.computeIfAbsent(row.value().person(), _ -> new HashSet<>()).add(row.value());
      }
    }
    var accesses = 0L;
    var differing = 0L;
    for (Map.Entry<SubjectId, Set<StaffAccess>> person : rows.entrySet()) {
      var shown = new HashSet<StaffAccess>();
      for (var found : store.all(StaffAccess.KIND, person.getKey().value(), Purpose.SECURITY)) {
        if (isSettled(found, now)) {
          shown.add(found.value());
        }
      }
      accesses += person.getValue().size();
      differing += lacking(shown, person.getValue()) + lacking(person.getValue(), shown);
    }
    return new Compared(accesses, differing);
  }

  private static boolean isSettled(Found<StaffAccess> found, Instant now) {
    return found.value().at().isBefore(now.minus(JUST_NOW))
        && now.isBefore(found.expiresAt().minus(SOON_OVER));
  }

  private static long lacking(Set<StaffAccess> some, Set<StaffAccess> others) {
    return others.stream().filter(access -> !some.contains(access)).count();
  }
}
