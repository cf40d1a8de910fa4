package pledge.privacy;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.privacy.SupportGrant.Why;
import pledge.store.Backend;
import pledge.store.Change;
import pledge.store.Found;
import pledge.store.Store;
import pledge.subject.Accounts;
import pledge.subject.Notice;
import pledge.vault.KeyDestroyedException;
import pledge.vault.KeyGrants;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;

/** What staff may look at: granted by the person, or opened by staff, who tell the person. */
public final class SupportGrants {
  private static final int ID_BYTES = 16;

  private final Store store;
  private final Accounts accounts;
  private final KeyGrants keys;
  private final InstantSource clock;

  /**
   * @param keys grants to the function that reads
   */
  public SupportGrants(Backend backend, KeyGrants keys, InstantSource clock) {
    this.keys = keys;
    this.store = backend.store();
    this.accounts = new Accounts(backend);
    this.clock = clock;
  }

  /** A grant that was just made. */
  public record Made(String id, SubjectId person, SupportGrant grant) {}

  /** What became of the wish to revoke a grant. */
  public enum Revocation {
    /** Now, or before, or it was over by itself. */
    REVOKED,
    REQUIRED_BY_LAW,
    UNKNOWN
  }

  /** Grants what the person wants staff to look at. */
  public Made grant(SubjectId person, Set<Category> categories, Duration time) {
    return make(person, Why.REQUESTED, categories, time, Optional.empty(), Optional.empty());
  }

  /**
   * Opens what staff have a reason to look at, and has the person told, in one transaction.
   *
   * @return empty where there is no such account, or an erasure of it began
   */
  public Optional<Made> open(
      String staff,
      SubjectId person,
      Why why,
      Set<Category> categories,
      Duration time,
      String reason) {
    if (!accounts.exists(person) || PrivacyRequest.isBeingErased(store, person)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          make(person, why, categories, time, Optional.of(staff), Optional.of(reason)));
    } catch (KeyDestroyedException e) {
      // Erased since we looked.
      return Optional.empty();
    }
  }

  private Made make(
      SubjectId person,
      Why why,
      Set<Category> categories,
      Duration time,
      Optional<String> staff,
      Optional<String> reason) {
    if (!why.categories().containsAll(categories)) {
      throw new IllegalArgumentException(categories + " are not held for " + why.purpose());
    }
    // As it is kept.
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var until = now.plus(time);
    var id = Secrets.text(Secrets.random(ID_BYTES));
    // Should it die after this, nothing is allowed: what KMS holds is ended in its time.
    var key = keys.grant(person, id, until);
    var grant = new SupportGrant(why, categories, staff, reason, now, until, Optional.empty(), key);
    var transaction = store.transaction().insert(SupportGrant.ref(person, id), grant);
    if (grant.staff().isPresent()) {
      transaction.insert(
          Notice.KIND.in(person.value(), "SUPPORT#" + id),
          Notice.queued(
              Notice.About.STAFF_ACCESS, StaffAccessNotice.of(grant).values(), grant.notBefore()));
    }
    if (!transaction.commit().written()) {
      throw new IllegalStateException("a new grant's id is taken");
    }
    return new Made(id, person, grant);
  }

  /** All that there ever were of a person, the newest first. */
  public List<Found<SupportGrant>> all(SubjectId person) {
    return store.all(SupportGrant.KIND, person.value(), Purpose.RIGHTS).stream()
        .sorted(
            Comparator.comparing((Found<SupportGrant> found) -> found.value().notBefore())
                .reversed())
        .toList();
  }

  /** Revokes a grant at the person's wish: from this moment on it allows nothing. */
  public Revocation revoke(SubjectId person, String id) {
    var ref = SupportGrant.ref(person, id);
    var found = store.getClear(ref, Purpose.RIGHTS).map(Found::value);
    if (found.isEmpty()) {
      return Revocation.UNKNOWN;
    }
    if (found.get().why() == Why.LEGAL_DUTY) {
      return Revocation.REQUIRED_BY_LAW;
    }
    var now = clock.instant();
    // Not whether it is in force: another instance may have granted it by a clock that is ahead.
    if (now.isBefore(found.get().notAfter())) {
      // Where it is not written any more, it was revoked before.
      store.change(
          ref, Change.of(Category.SUPPORT_GRANT).whereAbsent("revokedAt").set("revokedAt", now));
    }
    // After what counts, and again where it was left out the time before.
    keys.revoke(found.get().key().id());
    return Revocation.REVOKED;
  }
}
