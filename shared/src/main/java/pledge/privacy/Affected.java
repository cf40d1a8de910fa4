package pledge.privacy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import pledge.policy.Category;
import pledge.policy.OwnerPath;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;
import pledge.privacy.IncidentEntry.Extent;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * Whom an incident touched: people of whom there was a record of its kinds at its time. Where
 * records cannot tell, everybody counts who was here then: rather one too many is told than one too
 * few; so they cannot of what the audit says of people. Records that were deleted since, such as a
 * session that was ended, cannot be found.
 */
public final class Affected {
  private final Store store;
  private final InstantSource clock;

  public Affected(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Whether the person is one of them.
   *
   * @param extent of which the beginning is known
   */
  public boolean isOneOfThem(SubjectId person, Extent extent) {
    var now = clock.instant();
    var from = extent.beganAt().orElseThrow();
    var until = extent.endedAt().orElse(now);
    return extent.categories().stream()
        .anyMatch(
            category ->
                switch (category.ownerPath()) {
                  case OwnerPath.Partition _ -> {
                    var kinds = kinds(category);
                    yield (kinds.isEmpty()
                            || category.table() == Table.AUDIT
                            || isGone(category, from, now))
                        ? wasHere(person, from, until)
                        : kinds.stream().anyMatch(kind -> had(person, kind, from, until));
                  }
                  case OwnerPath.Pseudonym _, OwnerPath.BlindIndex _, OwnerPath.Unlinked _ ->
                      wasHere(person, from, until);
                  case OwnerPath.Impersonal _ -> false;
                });
  }

  private boolean had(SubjectId person, Kind<?> kind, Instant from, Instant until) {
    return store.existed(kind.category().table(), person.value(), kind.prefix(), from, until);
  }

  private boolean wasHere(SubjectId person, Instant from, Instant until) {
    return store.existed(Table.SUBJECTS, person.value(), "", from, until);
  }

  /** Whether the records of the beginning ended with their period. */
  private static boolean isGone(Category category, Instant from, Instant now) {
    var period = category.retention();
    return period.from() == RetentionPeriod.From.CREATION && !now.isBefore(period.endsAt(from));
  }

  private static List<Kind<?>> kinds(Category category) {
    return RecordKinds.ALL.stream().filter(kind -> kind.category() == category).toList();
  }
}
