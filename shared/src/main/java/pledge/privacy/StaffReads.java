package pledge.privacy;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.privacy.AuditChain.Rows;
import pledge.privacy.StaffAccess.Outcome;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.store.Change;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.subject.Accounts;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/**
 * Lets staff look at a person's data as far as a grant goes. Each look is in the audit before
 * anything is read, and so is each that is refused; where the audit cannot be written, nothing is
 * read.
 */
public final class StaffReads {
  /** Records of one look; each further page is a look of its own. */
  static final int MOST = 100;

  private static final int ID_BYTES = 16;

  private final Store store;
  private final Vault vault;
  private final Accounts accounts;
  private final AuditChain audit;
  private final InstantSource clock;

  public StaffReads(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.accounts = new Accounts(backend);
    this.audit = new AuditChain(new Chains(backend.store()), clock);
    this.clock = clock;
  }

  /**
   * What somebody wants to look at.
   *
   * @param staff the opaque id of who
   * @param grant what is to allow it
   * @param before the record where the page before ended; empty for the first page
   */
  public record Look(
      String staff, SubjectId person, String grant, Category category, String before) {}

  /** What came of it. */
  public sealed interface Answer {
    /** The records, and what it is called in the audit. */
    record Seen(String access, Store.Page<Fields> records) implements Answer {}

    /** It is in the audit why; or there is no such account, and nobody to tell. */
    record Refused() implements Answer {}
  }

  /** What was decided, by which grant. */
  private record Judged(StaffAccess access, Optional<SupportGrant> grant) {}

  /** Looks at records of one category. */
  public Answer read(Look look) {
    if (!accounts.exists(look.person())) {
      return new Answer.Refused();
    }
    var decision = record(look);
    var access = decision.access();
    if (!access.isAllowed()) {
      return new Answer.Refused();
    }
    try {
      decision
          .grant()
          .flatMap(grant -> grant.token(access.at()))
          .ifPresent(token -> vault.openByGrant(look.person(), token));
      return new Answer.Seen(access.id(), records(look, access.purpose()));
    } finally {
      // No key outlives the look that it was opened for.
      vault.forgetKeys();
    }
  }

  private Judged record(Look look) {
    var written = new AtomicReference<Judged>();
    audit.appendTogether(
        Set.of(Category.STAFF_ACCESS),
        () -> {
          var decision = decide(look);
          var access = decision.access();
          written.set(decision);
          return new AuditChain.Decision(
              List.of(new Rows<>(StaffAccess.ROW, List.of(access))),
              transaction -> {
                transaction.insert(access.ref(), access);
                if (access.isAllowed()) {
                  // Revoked while we decide: decided anew.
                  transaction.require(
                      SupportGrant.ref(look.person(), look.grant()),
                      Change.of(Category.SUPPORT_GRANT).whereAbsent("revokedAt"));
                }
              });
        });
    return Objects.requireNonNull(written.get(), "it was decided");
  }

  private Judged decide(Look look) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var grant =
        store
            .getClear(SupportGrant.ref(look.person(), look.grant()), Purpose.SECURITY)
            .map(Found::value);
    var access =
        new StaffAccess(
            now.toEpochMilli() + "-" + Secrets.text(Secrets.random(ID_BYTES)),
            look.person(),
            look.staff(),
            look.grant(),
            look.category(),
            grant.map(found -> found.why().purpose()).orElse(Purpose.SUPPORT),
            grant.map(found -> judge(found, look, now)).orElse(Outcome.UNKNOWN),
            now);
    return new Judged(access, grant);
  }

  private Outcome judge(SupportGrant grant, Look look, Instant now) {
    if (grant.revokedAt().isPresent()) {
      return Outcome.REVOKED;
    }
    if (!grant.isInForce(now)) {
      return Outcome.EXPIRED;
    }
    if (!grant.categories().contains(look.category())) {
      return Outcome.OUT_OF_SCOPE;
    }
    return PrivacyRequest.isBeingErased(store, look.person())
        ? Outcome.BEING_ERASED
        : Outcome.ALLOWED;
  }

  /** None where nothing of that category is written by now. */
  private Store.Page<Fields> records(Look look, Purpose purpose) {
    return kind(look.category())
        .map(kind -> store.page(kind, look.person().value(), look.before(), MOST, purpose))
        .orElseGet(() -> new Store.Page<>(List.of(), ""));
  }

  /** The records of a category, whatever their type. */
  static Optional<Kind<Fields>> kind(Category category) {
    return RecordKinds.ALL.stream()
        .filter(kind -> kind.category() == category && !kind.prefix().isEmpty())
        .findFirst()
        .map(Kind::plain);
  }
}
