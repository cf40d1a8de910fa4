package pledge.subject;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.store.Backend;
import pledge.store.Change;
import pledge.store.Found;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/**
 * Messages that wait to be sent. One sender at a time has a message in hand: it claims it, sends
 * it, and writes down that it did. A sender that dies in between leaves a claim that runs out; the
 * message is then sent by the next. So a message is sent once, and twice only where a sender died
 * between the mail service's answer and the writing down, or the answer was lost on its way.
 */
public final class Notices {
  /**
   * Longer than a sender can live (20 s), and over when the queue hands the message out again (120
   * s): the first to come after a death finds it free.
   */
  private static final Duration CLAIM = Duration.ofMinutes(1);

  private final Store store;
  private final Vault vault;
  private final InstantSource clock;

  public Notices(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.clock = clock;
  }

  /** What became of a claim. */
  public sealed interface Claim {
    /** It is ours to send. */
    record Granted(Found<Notice> notice, Addressee addressee) implements Claim {}

    /** It was sent, or its subject is gone, or it is too old: nothing is to be done. */
    record NothingToDo() implements Claim {}

    /** Another sender has it in hand, and may yet fail: to be looked at again. */
    record InOtherHands() implements Claim {}
  }

  /**
   * Whom a message goes to.
   *
   * @param hasAccount whether the address has an account already
   */
  public record Addressee(EmailAddress email, boolean hasAccount) {}

  /**
   * Puts a message into the outbox: once, however often it is said while messages are kept.
   *
   * @param id what makes it this message and no other of that person's
   * @return false where it is there already
   */
  public boolean queue(SubjectId person, String id, Notice.About about, String values) {
    var notice = Notice.queued(about, values, clock.instant());
    return store.insert(Notice.KIND.in(person.value(), id), notice, Instant.MAX).written();
  }

  /** When a message was put into the outbox; empty where it was not, or is forgotten. */
  public Optional<Instant> queuedAt(SubjectId person, String id) {
    return store
        .getClear(Notice.KIND.in(person.value(), id), Purpose.SERVICE_MESSAGES)
        .map(found -> found.value().queuedAt());
  }

  /** When a message was sent; empty where it was not yet, or there is none. */
  public Optional<Instant> sentAt(SubjectId person, String id) {
    return store
        .getClear(Notice.KIND.in(person.value(), id), Purpose.SERVICE_MESSAGES)
        .flatMap(found -> found.value().sentAt());
  }

  /**
   * The places of messages that wait to be sent, of those whose ids begin so, queued since then.
   */
  public Set<String> waiting(SubjectId person, String start, Instant since) {
    return store.allClear(Notice.KIND, person.value(), start, Purpose.SERVICE_MESSAGES).stream()
        .filter(found -> found.value().sentAt().isEmpty())
        .filter(found -> found.value().queuedAt().isAfter(since))
        .map(found -> found.ref().sort())
        .collect(Collectors.toSet());
  }

  /** Whether there is an address to send to, by keys and times alone. */
  public boolean hasAccount(SubjectId person) {
    var now = clock.instant();
    return store.existed(Table.SUBJECTS, person.value(), Account.KIND.prefix(), now, now);
  }

  /** Claims a message of a subject. */
  public Claim claim(SubjectId subject, String item) {
    var ref = new Ref<>(Notice.KIND, subject.value(), item);
    var found = store.get(ref, Purpose.SERVICE_MESSAGES);
    if (found.isEmpty() || found.get().value().sentAt().isPresent()) {
      return new Claim.NothingToDo();
    }
    var addressee = addressee(subject, found.get().value().about());
    if (addressee.isEmpty()) {
      return new Claim.NothingToDo();
    }
    var now = clock.instant();
    var claimed =
        store.change(
            ref,
            Change.of(Category.NOTICE)
                .whereAbsent("sentAt")
                .whereAbsentOrBefore("claimedUntil", now)
                .set("claimedUntil", now.plus(CLAIM)));
    return claimed ? new Claim.Granted(found.get(), addressee.get()) : new Claim.InOtherHands();
  }

  /** Writes down that a message was sent, and forgets the secret in it. */
  public void sent(Found<Notice> notice) {
    store.transaction().replace(notice, notice.value().sent(clock.instant())).commit();
  }

  /**
   * Gives a message back that could not be sent, so that the next try need not wait for the claim
   * to run out.
   */
  public void giveBack(Found<Notice> notice) {
    store.change(
        notice.ref(),
        Change.of(Category.NOTICE).whereAbsent("sentAt").set("claimedUntil", Instant.EPOCH));
  }

  private Optional<Addressee> addressee(SubjectId subject, Notice.About about) {
    return switch (about) {
      case CONFIRM_ADDRESS ->
          store
              .get(SignUp.KIND.in(subject.value()), Purpose.SERVICE_MESSAGES)
              .map(found -> found.value().email())
              .map(
                  email ->
                      new Addressee(
                          email, store.find(SignUps.emailIndex(vault, email)).isPresent()));
      case INCIDENT ->
          account(subject)
              .or(
                  () ->
                      store
                          .get(SignUp.KIND.in(subject.value()), Purpose.SERVICE_MESSAGES)
                          .map(found -> new Addressee(found.value().email(), false)));
      // Where nothing leads to the account, a legal hold alone keeps it: it has no owner to write
      // to.
      case POLICY_CHANGE ->
          account(subject)
              .filter(
                  addressee ->
                      store
                          .find(SignUps.emailIndex(vault, addressee.email()))
                          .filter(subject::equals)
                          .isPresent());
      case CONFIRM_ERASURE,
          CONFIRM_EXPORT,
          ASSISTANT_SUSPENDED,
          COPY_READY,
          ERASURE_ASKED,
          ERASURE_BEGINS,
          LEGAL_HOLD_BEGINS,
          LEGAL_HOLD_ENDS,
          MINOR_REPORTED,
          PAYMENT_FAILED,
          PAYMENT_NEEDS_CONFIRMATION,
          STAFF_ACCESS,
          TRIAL_ENDS ->
          account(subject);
    };
  }

  /** To the address that is confirmed by now. */
  private Optional<Addressee> account(SubjectId subject) {
    return store
        .get(Account.KIND.in(subject.value()), Purpose.SERVICE_MESSAGES)
        .map(found -> new Addressee(found.value().email(), true));
  }
}
