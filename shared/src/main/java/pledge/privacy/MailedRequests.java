package pledge.privacy;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ConcurrentModificationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest.Status;
import pledge.store.Backend;
import pledge.store.Change;
import pledge.store.Found;
import pledge.store.Outcome;
import pledge.store.Store;
import pledge.store.Transaction;
import pledge.subject.Accounts;
import pledge.subject.EmailAddress;
import pledge.subject.Link;
import pledge.subject.Notice;
import pledge.vault.KeyDestroyedException;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import pledge.vault.UnavailableException;

/**
 * What people ask us by mail. Anybody can write a mail in another's name, so staff open the request
 * and whoever has the account's own address confirms it, by a link that we mail there. The month
 * that we have (GDPR Art. 12(3)) counts from the day on which the person's mail came.
 */
public final class MailedRequests {
  private static final Logger LOG = LoggerFactory.getLogger(MailedRequests.class);
  private static final int ID_BYTES = 16;
  private static final int MOST_ATTEMPTS = 4;

  private final Store store;
  private final Accounts accounts;
  private final PrivacyRequests requests;
  private final InstantSource clock;

  public MailedRequests(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.accounts = new Accounts(backend);
    this.requests = new PrivacyRequests(backend, clock);
    this.clock = clock;
  }

  /**
   * Mails the link to whose account has that address; where there is none, nothing happens.
   *
   * @param receivedAt when the person's mail came
   */
  public void open(EmailAddress email, Link.Purpose purpose, Instant receivedAt) {
    accounts.find(email).ifPresent(person -> open(person, purpose, receivedAt));
  }

  private void open(SubjectId person, Link.Purpose purpose, Instant receivedAt) {
    // As the message keeps it, which says what of this time is left.
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var expiresAt = RetentionPeriod.ONE_DAY.endsAt(now);
    var token = Token.random(person);
    var words = new MailedRequest(token.text(), receivedAt, startsAt(receivedAt, now));
    try {
      store
          .transaction()
          .insert(Link.ref(token), Link.confirming(purpose, token, receivedAt), expiresAt)
          .insert(
              Notice.KIND.in(person.value(), Secrets.text(Secrets.random(ID_BYTES))),
              Notice.queued(about(purpose), words.text(), now),
              expiresAt)
          .commit();
      LOG.info("a request of {} by mail waits for its confirmation", person);
    } catch (KeyDestroyedException e) {
      LOG.info("{} is erased already", person);
    }
  }

  private static Notice.About about(Link.Purpose purpose) {
    return switch (purpose) {
      case ERASURE -> Notice.About.CONFIRM_ERASURE;
      case EXPORT -> Notice.About.CONFIRM_EXPORT;
    };
  }

  private static Instant startsAt(Instant receivedAt, Instant now) {
    return Erasure.startsAt(now, RetentionPeriod.UNTIL_ERASURE.endsAt(receivedAt));
  }

  /**
   * Opens what the link with that token is for, as the person would by a button. Where one is open,
   * that one stands; an erasure begins in time for what was written before.
   *
   * @return false where the link is unknown, too old, used, or for something else
   */
  public boolean confirm(Link.Purpose purpose, Token token) {
    for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      var link =
          store
              .getClear(Link.ref(token), Purpose.RIGHTS)
              .filter(found -> found.value().works(purpose, token));
      var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      if (link.isEmpty()
          || (purpose == Link.Purpose.EXPORT
              && PrivacyRequest.erasureIsDue(store, token.subject(), now))) {
        return false;
      }
      var transaction =
          store
              .transaction()
              .change(
                  link.get().ref(),
                  Change.of(Category.LINK).whereAbsent("usedAt").set("usedAt", now));
      try {
        switch (purpose) {
          case ERASURE -> erase(transaction, token.subject(), link.get(), now);
          case EXPORT -> export(transaction, token.subject(), link.get(), now);
        }
        if (transaction.commit() instanceof Outcome.Written) {
          LOG.info("{} confirmed a request by mail", token.subject());
          return true;
        }
      } catch (KeyDestroyedException e) {
        return false;
      }
      // The same link, or a button, at the same moment.
    }
    throw new UnavailableException(
        "the request", new ConcurrentModificationException("others came first"));
  }

  private void export(Transaction transaction, SubjectId person, Found<Link> link, Instant now) {
    if (requests.open(person, What.EXPORT).isEmpty()) {
      var receivedAt = link.value().askedAt().orElse(link.createdAt());
      PrivacyRequests.beginExport(
          transaction,
          person,
          Secrets.text(Secrets.random(ID_BYTES)),
          PrivacyRequest.export(receivedAt, RetentionPeriod.UNTIL_ERASURE.endsAt(receivedAt)),
          now);
    }
  }

  private void erase(Transaction transaction, SubjectId person, Found<Link> link, Instant now) {
    var receivedAt = link.value().askedAt().orElse(link.createdAt());
    var startsAt = startsAt(receivedAt, now);
    var notice = Notice.queued(Notice.About.ERASURE_ASKED, startsAt.toString(), now);
    var dueBy = RetentionPeriod.UNTIL_ERASURE.endsAt(receivedAt);
    var open = requests.openErasure(person);
    if (open.isEmpty()) {
      PrivacyRequests.begin(
          transaction,
          person,
          Secrets.text(Secrets.random(ID_BYTES)),
          PrivacyRequest.erasure(receivedAt, startsAt, dueBy),
          notice);
      return;
    }
    var before = open.get().value();
    if (before.status() != Status.PENDING) {
      // It has begun, and is done as soon as can be.
      return;
    }
    var sooner = before.startsAt().isAfter(startsAt);
    if (sooner || before.dueBy().isAfter(dueBy)) {
      PrivacyRequests.hasten(
          transaction,
          person,
          open.get(),
          sooner ? startsAt : before.startsAt(),
          before.dueBy().isAfter(dueBy) ? dueBy : before.dueBy(),
          now);
    }
    if (sooner) {
      transaction.insert(Notice.KIND.in(person.value(), "ASKED#" + link.ref().id()), notice);
    }
  }
}
