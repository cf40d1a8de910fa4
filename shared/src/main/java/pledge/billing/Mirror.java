package pledge.billing;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.billing.OpenTask.What;
import pledge.billing.Subscription.Entitlement;
import pledge.processor.Payments;
import pledge.processor.Payments.PaidSubscription;
import pledge.processor.Payments.Status;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Outcome;
import pledge.store.Store;
import pledge.store.Transaction;
import pledge.subject.Leaving;
import pledge.vault.KeyDestroyedException;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * Brings a mirror to what Stripe says now, whatever was heard of it, in whatever order and how
 * often. The mirror is read before Stripe is asked, and written if it is still what was read: so
 * nobody puts back what was so before. What follows from a change is written with it.
 */
public final class Mirror {
  private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
  private static final int MOST_ATTEMPTS = 5;

  /** Of those that are over: the last, and of two of one moment the one that was kept. */
  private static final Comparator<PaidSubscription> LAST =
      Comparator.comparing(PaidSubscription::createdAt)
          .thenComparing(PaidSubscription::id, Comparator.reverseOrder());

  /** The one that was there first stays; one that nobody paid yet gives way to any that is paid. */
  private static final Comparator<PaidSubscription> FIRST =
      Comparator.comparing((PaidSubscription paid) -> paid.status() == Status.INCOMPLETE)
          .thenComparing(PaidSubscription::createdAt)
          .thenComparing(PaidSubscription::id);

  private final Store store;
  private final Subscriptions subscriptions;
  private final Payments payments;
  private final Plans plans;
  private final InstantSource clock;

  public Mirror(Backend backend, Payments payments, Plans plans, InstantSource clock) {
    this.store = backend.store();
    this.subscriptions = new Subscriptions(backend, payments);
    this.payments = payments;
    this.plans = plans;
    this.clock = clock;
  }

  /** What became of it. */
  public enum Brought {
    /** It was what Stripe says. */
    UNCHANGED,
    /** It was not, or what Stripe has was put right. */
    CHANGED,
    /** There is none: the person is erased, or never went to pay. */
    NOBODY
  }

  /**
   * Does it for a person.
   *
   * @throws UnavailableException where Stripe or the database does not answer, or others change the
   *     same at once all the time: to be tried again
   * @throws RuntimeException where all is done, but that Stripe refuses to give back what was paid
   *     twice: somebody has to see to it
   */
  public Brought bring(SubjectId person) {
    try {
      for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
        var found = subscriptions.of(person);
        if (found.isEmpty()) {
          return Brought.NOBODY;
        }
        var before = found.get().value();
        if (before.customer().isEmpty()) {
          return Brought.UNCHANGED;
        }
        var all = payments.subscriptions(before.customer().get());
        var kept = kept(all);
        var givenBack = giveBack(all, kept);
        var next = asAtStripe(before, before.customer().get(), kept);
        var same = next.equals(before);
        var written = same ? Written.YES : write(person, found.get(), next);
        if (written == Written.LEAVING) {
          // Paid on a page that was opened before: nothing begins for who asked to be erased.
          raise(person, giveBack(all, Optional.empty()));
        }
        if (written != Written.YES) {
          continue;
        }
        raise(person, givenBack);
        if (same) {
          return givenBack.doubled() ? Brought.CHANGED : Brought.UNCHANGED;
        }
        LOG.info("{} is {}", person, next.entitlement().id());
        return Brought.CHANGED;
      }
    } catch (KeyDestroyedException e) {
      return Brought.NOBODY;
    }
    throw new UnavailableException("a mirror", new ConcurrentModificationException());
  }

  /** Whether a mirror says of a subscription what Stripe does, as far as one look tells. */
  boolean shows(Subscription mirrored, PaidSubscription paid) {
    var owes = paid.status() == Status.PAST_DUE || paid.status() == Status.UNPAID;
    return mirrored.subscription().equals(Optional.of(paid.id()))
        && mirrored.status().equals(Optional.of(paid.status()))
        && mirrored.plan().equals(plans.name(paid.price()))
        && mirrored.paidUntil().equals(paid.paidUntil())
        && mirrored.endsAt().equals(paid.endsAt())
        && mirrored.overdueSince().isPresent() == owes;
  }

  /** The one that counts: of those that are live the first, or the last of those that are over. */
  private static Optional<PaidSubscription> kept(List<PaidSubscription> all) {
    return all.stream()
        .filter(paid -> !paid.status().over())
        .min(FIRST)
        .or(() -> all.stream().max(LAST));
  }

  /**
   * Two pages were open, and both were paid: one is enough. Money first: a subscription that is
   * over is not looked at again. Where Stripe refuses to give it back, as of a payment that a bank
   * is asked back already, the subscription stays, and is in the way until somebody has seen to it.
   */
  private GivenBack giveBack(List<PaidSubscription> all, Optional<PaidSubscription> kept) {
    var doubled = false;
    var refused = Optional.<RuntimeException>empty();
    for (var paid : all) {
      if (paid.status().over() || kept.filter(paid::equals).isPresent()) {
        continue;
      }
      try {
        payments.markGivenBack(paid.id());
        payments.refund(paid.id());
        payments.cancel(paid.id());
        LOG.info("a subscription is refunded and cancelled");
        doubled = true;
      } catch (UnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        // What else there is to be done is not held up by it.
        refused = Optional.of(e);
      }
    }
    return new GivenBack(doubled, refused);
  }

  private static void raise(SubjectId person, GivenBack givenBack) {
    if (givenBack.refused().isPresent()) {
      LOG.error("{} paid in vain, and Stripe does not give it back", person);
      throw givenBack.refused().get();
    }
  }

  private record GivenBack(boolean doubled, Optional<RuntimeException> refused) {}

  /**
   * Whether nothing is had for it: it was given back, or is one too many, over or not, for one that
   * was there before it is still live. What is paid for it late, as some banks do, is to be given
   * back as well.
   */
  boolean isInVain(String customer, String subscription) {
    var all = payments.subscriptions(customer);
    var kept =
        kept(all)
            .filter(paid -> !paid.status().over())
            .filter(paid -> paid.status() != Status.INCOMPLETE);
    return all.stream()
        .filter(paid -> paid.id().equals(subscription))
        .anyMatch(
            paid ->
                paid.isReturned()
                    || kept.filter(other -> FIRST.compare(other, paid) < 0).isPresent());
  }

  private Subscription asAtStripe(
      Subscription before, String customer, Optional<PaidSubscription> kept) {
    var live = kept.filter(paid -> !paid.status().over());
    if (live.isEmpty() && !payments.has(customer)) {
      // Nothing can be paid by it any more: who comes back gets another.
      return before.withoutCustomer();
    }
    var overdueSince = live.flatMap(paid -> overdueSince(before, customer, paid));
    return new Subscription(
        before.revision(),
        before.pseudonym(),
        before.customer(),
        kept.map(PaidSubscription::id),
        kept.flatMap(paid -> plans.name(paid.price())),
        kept.map(PaidSubscription::status),
        kept.flatMap(PaidSubscription::paidUntil),
        kept.flatMap(PaidSubscription::endsAt),
        overdueSince,
        overdueSince.isPresent() ? before.suspendedAt() : Optional.empty());
  }

  private Optional<Instant> overdueSince(
      Subscription before, String customer, PaidSubscription paid) {
    return switch (paid.status()) {
      case PAST_DUE, UNPAID ->
          payments.invoices(customer).stream()
              .filter(invoice -> invoice.subscription().filter(paid.id()::equals).isPresent())
              .filter(invoice -> !invoice.status().equals("paid"))
              .filter(invoice -> !invoice.status().equals("void"))
              .flatMap(invoice -> invoice.failedAt().stream())
              .min(Comparator.naturalOrder())
              // Stripe says that it is overdue, and not since when: since we know it.
              .or(before::overdueSince)
              .or(() -> Optional.of(now()));
      case INCOMPLETE, INCOMPLETE_EXPIRED, TRIALING, ACTIVE, CANCELED, PAUSED -> Optional.empty();
    };
  }

  private enum Written {
    YES,
    /** Somebody else changed it meanwhile. */
    CHANGED,
    /** It would begin for somebody who asked to be erased. */
    LEAVING
  }

  private Written write(SubjectId person, Found<Subscription> found, Subscription next) {
    var before = found.value();
    var transaction =
        store.transaction().replaceWhere(found, next.revised(Subscriptions.revision()), "revision");
    var begins =
        next.entitlement() != Entitlement.NONE
            && (before.entitlement() == Entitlement.NONE
                || !before.subscription().equals(next.subscription()));
    if (begins) {
      transaction.require(Leaving.ref(person), Leaving.isNot());
    }
    list(transaction, What.SUBSCRIBED, person, before.isLive(), next.isLive());
    list(
        transaction,
        What.OVERDUE,
        person,
        before.overdueSince().isPresent(),
        next.overdueSince().isPresent());
    if (before.entitlement() != next.entitlement()) {
      OpenTask.put(transaction, store, What.ASSISTANT, person, now());
    }
    return switch (transaction.commit()) {
      case Outcome.Written() -> Written.YES;
      case Outcome.Refused(var position) ->
          begins && position == 1 ? Written.LEAVING : Written.CHANGED;
    };
  }

  private void list(
      Transaction transaction, What what, SubjectId person, boolean before, boolean after) {
    if (after && !before) {
      OpenTask.put(transaction, store, what, person, now());
    } else if (before && !after) {
      OpenTask.end(transaction, store, what, person);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
