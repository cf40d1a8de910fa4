package pledge.billing;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.billing.Mirror.Brought;
import pledge.processor.Payments;
import pledge.processor.Payments.Event;
import pledge.processor.Payments.PaidSubscription;
import pledge.processor.Payments.Status;
import pledge.store.Backend;
import pledge.subject.Notice.About;
import pledge.subject.Notices;
import pledge.vault.KeyDestroyedException;
import pledge.vault.SubjectId;

/**
 * Does what follows from what Stripe tells. A message is a hint that something changed, and says
 * what: all else is asked for again. So it may come twice, late, and in any order.
 */
public final class StripeEvents {
  private static final Logger LOG = LoggerFactory.getLogger(StripeEvents.class);

  private final Payments payments;
  private final Subscriptions subscriptions;
  private final Mirror mirror;
  private final BillingRecords records;
  private final Notices notices;
  private final Plans plans;

  public StripeEvents(
      Backend backend, Payments payments, Mirror mirror, Notices notices, Plans plans) {
    this.payments = payments;
    this.subscriptions = new Subscriptions(backend, payments);
    this.mirror = mirror;
    this.records = new BillingRecords(backend.store());
    this.notices = notices;
    this.plans = plans;
  }

  /** What became of a message. */
  public enum Told {
    /** All that follows from it is done. */
    DONE,
    /** We make nothing of that type. */
    UNKNOWN_TYPE,
    /** Nobody of ours: somebody else's customer, or one who is erased. */
    UNKNOWN_CUSTOMER,
    /** Stripe does not know what it is about any more. */
    FORGOTTEN
  }

  /** What it can be about, by how its type begins. */
  private enum Matter {
    SUBSCRIPTION("customer.subscription."),
    INVOICE("invoice."),
    CHARGE("charge.refunded"),
    REFUND("refund.", "charge.refund."),
    DISPUTE("charge.dispute."),
    CHECKOUT("checkout.session."),
    CUSTOMER("customer.deleted");

    /** Complete before the constant is made, and changed by nobody after. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> starts;

    Matter(String... starts) {
      this.starts = List.of(starts);
    }

    static Optional<Matter> of(String type) {
      return Arrays.stream(values())
          .filter(matter -> matter.starts.stream().anyMatch(type::startsWith))
          .findFirst();
    }
  }

  /**
   * Does what follows from one.
   *
   * @throws pledge.vault.UnavailableException where Stripe or the database does not answer: to be
   *     tried again
   */
  public Told handle(String id) {
    var event = payments.event(id);
    if (event.isEmpty()) {
      return Told.FORGOTTEN;
    }
    var matter = Matter.of(event.get().type());
    if (matter.isEmpty()) {
      return Told.UNKNOWN_TYPE;
    }
    if (event.get().object().isEmpty()) {
      // An invoice that is only foreseen: there will be another message when there is one.
      return Told.DONE;
    }
    var object = event.get().object();
    return switch (matter.get()) {
      case SUBSCRIPTION ->
          payments
              .subscription(object)
              .map(paid -> subscription(event.get(), paid))
              .orElse(Told.FORGOTTEN);
      case INVOICE ->
          payments
              .invoice(object)
              .map(invoice -> invoice(event.get(), invoice))
              .orElse(Told.FORGOTTEN);
      case CHARGE ->
          payments.refundsOfCharge(object).stream()
              .map(this::refund)
              .reduce(Told.DONE, (one, other) -> one == Told.DONE ? other : one);
      case REFUND -> payments.findRefund(object).map(this::refund).orElse(Told.FORGOTTEN);
      case DISPUTE -> payments.dispute(object).map(this::dispute).orElse(Told.FORGOTTEN);
      case CHECKOUT ->
          payments.customerOfCheckout(object).map(this::customer).orElse(Told.FORGOTTEN);
      case CUSTOMER -> customer(object);
    };
  }

  /** Brings all that we have of a person to what Stripe says now. */
  Brought bringAll(SubjectId person) {
    // First: once the mirror is right, nobody looks here again.
    subscriptions
        .of(person)
        .flatMap(found -> found.value().customer())
        .ifPresent(
            customer ->
                payments.invoices(customer).forEach(invoice -> keep(customer, invoice.id())));
    return mirror.bring(person);
  }

  private Told customer(String customer) {
    return subscriptions.owner(customer).map(this::bring).orElse(Told.UNKNOWN_CUSTOMER);
  }

  private Told bring(SubjectId person) {
    return mirror.bring(person) == Brought.NOBODY ? Told.UNKNOWN_CUSTOMER : Told.DONE;
  }

  private Told subscription(Event event, PaidSubscription paid) {
    var owner = subscriptions.owner(paid.customer());
    if (owner.isEmpty()) {
      return Told.UNKNOWN_CUSTOMER;
    }
    var told = bring(owner.get());
    if (told == Told.DONE
        && event.type().equals("customer.subscription.trial_will_end")
        && paid.status() == Status.TRIALING) {
      paid.paidUntil()
          .ifPresent(
              end ->
                  tell(
                      owner.get(),
                      "TRIAL#" + end.getEpochSecond(),
                      About.TRIAL_ENDS,
                      end.toString()));
    }
    return told;
  }

  private Told invoice(Event event, Payments.Invoice invoice) {
    var customer = invoice.customer();
    keep(customer, invoice.id());
    var owner = subscriptions.owner(customer);
    if (owner.isEmpty()) {
      // Whoever is erased has no customer there any more, and what they paid for is still known.
      giveBackLate(invoice, this::isReturned);
      return Told.UNKNOWN_CUSTOMER;
    }
    var told = bring(owner.get());
    if (told == Told.DONE
        && event.type().equals("invoice.payment_action_required")
        && invoice.status().equals("open")) {
      tell(
          owner.get(),
          "CONFIRM_PAYMENT#" + invoice.issuedAt().getEpochSecond(),
          About.PAYMENT_NEEDS_CONFIRMATION,
          invoice.issuedAt().toString());
    }
    // Last: where Stripe refuses it, all else is done.
    giveBackLate(invoice, paidFor -> mirror.isInVain(customer, paidFor));
    return told;
  }

  /** What a bank paid some days after it was told to, for nothing. */
  private void giveBackLate(Payments.Invoice invoice, Predicate<String> inVain) {
    if (invoice.status().equals("paid")) {
      invoice.subscription().filter(inVain).ifPresent(payments::refund);
    }
  }

  private boolean isReturned(String subscription) {
    return payments.subscription(subscription).filter(PaidSubscription::isReturned).isPresent();
  }

  private Told refund(Payments.Refund refund) {
    return keep(
        refund.customer(),
        refund.id(),
        () -> payments.findRefund(refund.id()).map(BillingRecord::of));
  }

  private Told dispute(Payments.Dispute dispute) {
    return keep(
        dispute.customer(),
        dispute.id(),
        () -> payments.dispute(dispute.id()).map(BillingRecord::of));
  }

  private void keep(String customer, String invoice) {
    keep(
        customer,
        invoice,
        () ->
            payments
                .invoice(invoice)
                // It can still become anything, and nobody was sent it.
                .filter(now -> !now.status().equals("draft"))
                .map(now -> BillingRecord.of(now, plans)));
  }

  /** Also of who is erased here and not yet at Stripe: the law asks for it, and it names nobody. */
  private Told keep(String customer, String id, Supplier<Optional<BillingRecord>> record) {
    var pseudonym =
        subscriptions
            .owner(customer)
            .flatMap(subscriptions::of)
            .map(found -> found.value().pseudonym())
            .or(() -> subscriptions.pseudonym(customer));
    if (pseudonym.isEmpty()) {
      return Told.UNKNOWN_CUSTOMER;
    }
    records.put(pseudonym.get(), id, record);
    return Told.DONE;
  }

  private void tell(SubjectId person, String id, About about, String values) {
    if (notices.queuedAt(person, id).isPresent()) {
      return;
    }
    try {
      notices.queue(person, id, about, values);
    } catch (KeyDestroyedException e) {
      LOG.info("{} was erased meanwhile: there is nobody to be told", person);
    }
  }
}
