package pledge.processor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stripe, as far as we use it: it says who pays for what, on pages of its own, and is asked again
 * for whatever it told us of. Amounts are in the currency's smallest unit.
 *
 * <p>Every method throws {@link pledge.vault.UnavailableException} where Stripe does not answer for
 * now (no answer, 429, 5xx); what was asked can then be asked again with the same arguments, and is
 * done once.
 */
public interface Payments {
  /**
   * Makes the customer of a pseudonym, with the pseudonym and nothing else of the person.
   *
   * @return its number; the same, however often it is asked
   */
  String customer(String pseudonym);

  /** A customer as it stands there; empty where there never was one. */
  Optional<Customer> find(String customer);

  /** Whether a customer is there, and not deleted. */
  default boolean has(String customer) {
    return find(customer).filter(found -> !found.deleted()).isPresent();
  }

  /**
   * Opens a page of Stripe's on which a customer can pay for a plan.
   *
   * @param price the number of the plan's price
   * @param attempt what makes it this page and no other: asked twice, it is one page
   */
  Page checkout(String customer, String pseudonym, String price, String attempt);

  /**
   * Opens a page of Stripe's on which a customer sees invoices, changes the card, and cancels;
   * empty where the customer is deleted.
   */
  Optional<Page> portal(String customer);

  /** A page that only who knows its address can open, for a while. */
  record Page(String url) {
    @Override
    public String toString() {
      return "Page[redacted]";
    }
  }

  /** All subscriptions of a customer, ended ones too, the oldest first. */
  List<PaidSubscription> subscriptions(String customer);

  /** A subscription as it stands there, over or not. */
  Optional<PaidSubscription> subscription(String id);

  /** Whose a checkout is; empty where it is nobody's yet, or there is no such checkout. */
  Optional<String> customerOfCheckout(String session);

  /** Every subscription that is not over, of everybody, page by page as it is walked. */
  Iterable<PaidSubscription> liveSubscriptions();

  /** Ends a subscription at once; one that is over already is left as it is. */
  void cancel(String subscription);

  /**
   * Marks a subscription as {@linkplain PaidSubscription#givenBack given back}; one that is over
   * already is left as it is.
   */
  void markGivenBack(String subscription);

  /** Gives back all that was paid on a subscription's invoices; once, however often it is asked. */
  void refund(String subscription);

  /** An invoice as it stands there. */
  Optional<Invoice> invoice(String id);

  /** All invoices of a customer, the oldest first. */
  List<Invoice> invoices(String customer);

  /** A refund as it stands there. */
  Optional<Refund> findRefund(String id);

  /** All refunds of a charge, as {@code charge.refunded} tells of them. */
  List<Refund> refundsOfCharge(String charge);

  /** A dispute as it stands there. */
  Optional<Dispute> dispute(String id);

  /** What an event was about; empty where Stripe knows no such event, or has forgotten it. */
  Optional<Event> event(String id);

  /** The events of which Stripe could not tell us, the oldest first. */
  Iterable<Event> undelivered();

  /**
   * A customer.
   *
   * @param pseudonym empty where it was not made by us, or is deleted
   */
  record Customer(String id, Optional<String> pseudonym, boolean deleted) {}

  /** As Stripe names them ({@code status} of a subscription). */
  enum Status {
    INCOMPLETE,
    INCOMPLETE_EXPIRED,
    TRIALING,
    ACTIVE,
    PAST_DUE,
    CANCELED,
    UNPAID,
    PAUSED;

    /** Whether it is over for good. */
    public boolean over() {
      return this == CANCELED || this == INCOMPLETE_EXPIRED;
    }
  }

  /**
   * A subscription.
   *
   * @param price the number of what is paid for
   * @param paidUntil the end of the period of its item (since {@code 2025-03-31.basil})
   * @param endsAt when it ends, where it was cancelled
   * @param givenBack whether we gave back what was paid for it: what a bank pays for it later, some
   *     days after its customer ordered it, is to be given back as well
   */
  record PaidSubscription(
      String id,
      String customer,
      Status status,
      String price,
      Instant createdAt,
      Optional<Instant> paidUntil,
      Optional<Instant> endsAt,
      boolean givenBack) {
    /** Whether it is over because we gave it back. */
    public boolean isReturned() {
      return givenBack && status.over();
    }
  }

  /**
   * An invoice, by the fields that we keep, and no other of it.
   *
   * @param subscription {@code parent.subscription_details.subscription}
   * @param number of the invoice, as it is printed on it
   * @param price what was charged for
   * @param status as Stripe names it: draft, open, paid, void, uncollectible
   * @param failedAt when the first try to charge it failed; empty where none did, or it is paid
   */
  record Invoice(
      String id,
      String customer,
      Optional<String> subscription,
      Optional<String> number,
      Optional<String> price,
      long amount,
      long tax,
      String currency,
      String status,
      Instant issuedAt,
      Optional<Instant> failedAt) {}

  /** A refund. */
  record Refund(
      String id,
      String customer,
      Optional<String> invoiceNumber,
      long amount,
      String currency,
      String status,
      Instant issuedAt) {}

  /** A dispute: a customer's bank wants a payment back. */
  record Dispute(
      String id,
      String customer,
      Optional<String> invoiceNumber,
      long amount,
      String currency,
      String status,
      Instant issuedAt) {}

  /**
   * A hint that something changed.
   *
   * @param type such as {@code customer.subscription.updated}
   * @param object the number of what it is about, such as {@code sub_…}; empty where that has none,
   *     such as an invoice that is only foreseen
   */
  record Event(String id, String type, String object, Instant createdAt) {}
}
