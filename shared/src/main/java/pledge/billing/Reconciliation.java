package pledge.billing;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.billing.Mirror.Brought;
import pledge.billing.OpenTask.What;
import pledge.processor.Payments;
import pledge.processor.Payments.PaidSubscription;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * Finds, once a day, what no message led to: messages that never arrived, subscriptions that our
 * mirrors show otherwise, and mirrors of subscriptions that are none any more. It repairs them by
 * what the messages lead to as well.
 */
public final class Reconciliation {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  private final Store store;
  private final Payments payments;
  private final Subscriptions subscriptions;
  private final Mirror mirror;
  private final StripeEvents events;
  private final InstantSource clock;

  public Reconciliation(
      Backend backend, Payments payments, Mirror mirror, StripeEvents events, InstantSource clock) {
    this.store = backend.store();
    this.payments = payments;
    this.subscriptions = new Subscriptions(backend, payments);
    this.mirror = mirror;
    this.events = events;
    this.clock = clock;
  }

  /**
   * What it found.
   *
   * @param undelivered messages that Stripe could not deliver and that nobody had noted
   * @param looked subscriptions that it looked at
   * @param repaired mirrors that were not what Stripe says
   * @param ofNobody live subscriptions of customers that are nobody's here: somebody pays for
   *     nothing
   * @param failed what it could not look at, for a fault of ours
   * @param finished whether it came to the end
   */
  public record Report(
      long undelivered, long looked, long repaired, long ofNobody, long failed, boolean finished) {}

  /**
   * Goes through all.
   *
   * @param mayGoOn asked before each
   * @throws UnavailableException where Stripe or the database does not answer
   */
  public Report run(BooleanSupplier mayGoOn) {
    return new Run(mayGoOn).all();
  }

  /** One run. */
  private final class Run {
    private final BooleanSupplier mayGoOn;
    private final Set<SubjectId> seen = new HashSet<>();
    private long undelivered;
    private long looked;
    private long repaired;
    private long ofNobody;
    private long failed;

    Run(BooleanSupplier mayGoOn) {
      this.mayGoOn = mayGoOn;
    }

    Report all() {
      var finished = events() && live() && mirrored();
      return new Report(undelivered, looked, repaired, ofNobody, failed, finished);
    }

    /** As the webhook would: from there on they go the way of all messages. */
    private boolean events() {
      for (var event : payments.undelivered()) {
        if (!mayGoOn.getAsBoolean()) {
          return false;
        }
        if (StripeEvent.note(store, event.id(), clock.instant())) {
          undelivered++;
        }
      }
      return true;
    }

    private boolean live() {
      for (var paid : payments.liveSubscriptions()) {
        if (!mayGoOn.getAsBoolean()) {
          return false;
        }
        looked++;
        // One that cannot be looked at holds up no other.
        attempt(() -> look(paid));
      }
      return true;
    }

    private void look(PaidSubscription paid) {
      var owner = subscriptions.owner(paid.customer());
      var found = owner.flatMap(subscriptions::of);
      if (owner.isEmpty() || found.isEmpty()) {
        ofNobody++;
        return;
      }
      seen.add(owner.get());
      if (!mirror.shows(found.get().value(), paid)) {
        repair(owner.get());
      }
    }

    /** What is live with us, and was not among what is live at Stripe. */
    private boolean mirrored() {
      for (var row : OpenTask.all(store, What.SUBSCRIBED)) {
        if (!mayGoOn.getAsBoolean()) {
          return false;
        }
        if (!seen.contains(row.value().subject())) {
          attempt(() -> lookAgain(row));
        }
      }
      return true;
    }

    private void lookAgain(Found<OpenTask> row) {
      var person = row.value().subject();
      repair(person);
      if (subscriptions.of(person).isEmpty()) {
        // Erased: nobody puts it there again.
        store.delete(row.ref());
      }
    }

    private void repair(SubjectId person) {
      if (events.bringAll(person) == Brought.CHANGED) {
        repaired++;
        LOG.warn("the mirror of {} is repaired", person);
      }
    }

    private void attempt(Runnable look) {
      try {
        look.run();
      } catch (UnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        // Its text may hold what Stripe says of somebody.
        LOG.error("a subscription could not be looked at: {}", e.getClass().getSimpleName());
        failed++;
      }
    }
  }
}
