package pledge.privacy;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import pledge.policy.Category;
import pledge.privacy.LegalHoldEntry.Step;
import pledge.vault.SubjectId;

/**
 * A legal duty to keep some of a person's data (B§3), as all that was done about it tells.
 *
 * @param history the oldest first; the first proposed it
 */
public record LegalHold(String id, SubjectId subject, Terms terms, List<Done> history) {
  /**
   * What a hold says.
   *
   * @param categories of which records stay
   * @param until the moment from which on they need not
   * @param reference the number of the case, which names nobody
   * @param undisclosed whether the law forbids us to tell the person
   */
  public record Terms(
      Set<Category> categories, Instant until, String reference, boolean undisclosed) {}

  /** How it stands. */
  public enum State {
    /** Nothing is held: another member of staff has to confirm it. */
    PROPOSED,
    /** Its records stay. */
    ACTIVE,
    /** It was never confirmed, and cannot be any more. */
    WITHDRAWN,
    /** It was ended before its time. */
    ENDED,
    /** Its time is over, confirmed or not. */
    EXPIRED;

    /** {@code active}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Something that was done about it, and when. */
  public record Done(Instant at, LegalHoldEntry entry) {
    /** What was done, in small words. */
    public String words() {
      return entry.name().words();
    }
  }

  /** How it stands at a moment: its time is over when it is, whether or not that was noted. */
  public State state(Instant now) {
    return switch (history.getLast().entry().step()) {
      case Step.Proposed _ -> now.isBefore(terms.until()) ? State.PROPOSED : State.EXPIRED;
      case Step.Confirmed() -> now.isBefore(terms.until()) ? State.ACTIVE : State.EXPIRED;
      case Step.Withdrawn() -> State.WITHDRAWN;
      case Step.Ended() -> State.ENDED;
      case Step.Expired() -> State.EXPIRED;
    };
  }

  /** Whether something is held, or may be once it is confirmed. */
  public boolean isOpen(Instant now) {
    return switch (state(now)) {
      case PROPOSED, ACTIVE -> true;
      case WITHDRAWN, ENDED, EXPIRED -> false;
    };
  }

  /** The opaque id of the member of staff who wanted it. */
  public String proposedBy() {
    return history.getFirst().entry().staff().orElseThrow();
  }

  /** The opaque id of the one who agreed; empty where nobody did. */
  public Optional<String> confirmedBy() {
    return history.stream()
        .map(Done::entry)
        .filter(entry -> entry.step() instanceof Step.Confirmed)
        .findFirst()
        .flatMap(LegalHoldEntry::staff);
  }
}
