package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.privacy.AuditChain.Decision;
import pledge.privacy.AuditChain.Rows;
import pledge.privacy.MinorReport.Source;
import pledge.store.Backend;
import pledge.store.Chains;
import pledge.store.Found;
import pledge.store.Transaction;
import pledge.subject.Accounts;
import pledge.subject.EmailAddress;
import pledge.subject.Notice;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;

/**
 * Reports that an account is a minor's: it is erased at once, without the 14 days (A§11). That
 * cannot be taken back, so two members of staff report it, each by the address that they were told:
 * one alone, by mistake or in anger, erases nobody. Both stand in the audit before anything is
 * deleted.
 */
public final class MinorReports {
  /** How long the first report waits for the second. */
  public static final Duration PATIENCE = Duration.ofDays(7);

  private static final Logger LOG = LoggerFactory.getLogger(MinorReports.class);
  private static final int ID_BYTES = 16;

  private final Accounts accounts;
  private final PrivacyRequests requests;
  private final Chains chains;
  private final AuditChain audit;
  private final InstantSource clock;

  public MinorReports(Backend backend, InstantSource clock) {
    this.accounts = new Accounts(backend);
    this.requests = new PrivacyRequests(backend, clock);
    this.chains = new Chains(backend.store());
    this.audit = new AuditChain(chains, clock);
    this.clock = clock;
  }

  /**
   * Writes a report down, and has the account of that address erased where another member of staff
   * reported it within 7 days. Where there is no account, or it is being erased, nothing happens.
   *
   * @param staff who reports it, as the audit knows them
   */
  public void report(EmailAddress email, Source source, String staff) {
    accounts.find(email).ifPresent(person -> report(person, source, staff));
  }

  private void report(SubjectId person, Source source, String staff) {
    // While the chain does not grow, nobody else decides: of two at once, one is the second.
    audit.appendTogether(Set.of(Category.MINOR_REPORT), () -> decide(person, source, staff));
    LOG.info("{} was reported to be a minor", person);
  }

  private Decision decide(SubjectId person, Source source, String staff) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var open = requests.openErasure(person);
    if (open.filter(found -> !found.value().startsAt().isAfter(now)).isPresent()) {
      return Decision.nothing();
    }
    var before = lately(person, now);
    if (before.stream().noneMatch(report -> !report.staff().equals(staff))) {
      // Said by one twice, it is said once.
      return before.isEmpty()
          ? decision(new MinorReport(person, staff, source, Optional.empty()), _ -> {})
          : Decision.nothing();
    }
    var id =
        open.map(found -> found.ref().id()).orElseGet(() -> Secrets.text(Secrets.random(ID_BYTES)));
    return decision(
        new MinorReport(person, staff, source, Optional.of(id)),
        transaction -> erase(transaction, person, id, open, now));
  }

  private static Decision decision(MinorReport report, Consumer<Transaction> together) {
    return new Decision(List.of(new Rows<>(MinorReport.KIND, List.of(report))), together);
  }

  private List<MinorReport> lately(SubjectId person, Instant now) {
    return chains.all(MinorReport.KIND, Purpose.RIGHTS).stream()
        .filter(found -> found.createdAt().isAfter(now.minus(PATIENCE)))
        .map(Found::value)
        .filter(report -> report.subject().equals(person))
        .toList();
  }

  private static void erase(
      Transaction transaction,
      SubjectId person,
      String id,
      Optional<Found<PrivacyRequest>> open,
      Instant now) {
    var notice = Notice.queued(Notice.About.MINOR_REPORTED, "", now);
    if (open.isEmpty()) {
      var dueBy = RetentionPeriod.UNTIL_ERASURE.endsAt(now);
      PrivacyRequests.begin(
          transaction, person, id, PrivacyRequest.erasure(now, now, dueBy), notice);
      return;
    }
    PrivacyRequests.hasten(transaction, person, open.get(), now, open.get().value().dueBy(), now);
    transaction.insert(Notice.KIND.in(person.value(), "MINOR#" + id), notice);
  }
}
