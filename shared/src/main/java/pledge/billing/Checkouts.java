package pledge.billing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Optional;
import pledge.processor.Payments;
import pledge.processor.Payments.Page;
import pledge.processor.Payments.Status;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/** What a person does to pay: all of it on Stripe's own pages. */
public final class Checkouts {
  private static final int MOST_ATTEMPTS = 3;

  /** A page is open for 24 hours, and a person must have time for it. */
  private static final Duration SAME_PAGE = Duration.ofHours(12);

  private final Subscriptions subscriptions;
  private final BillingRecords records;
  private final Payments payments;
  private final Plans plans;
  private final InstantSource clock;

  public Checkouts(Backend backend, Payments payments, Plans plans, InstantSource clock) {
    this.subscriptions = new Subscriptions(backend, payments);
    this.records = new BillingRecords(backend.store());
    this.payments = payments;
    this.plans = plans;
    this.clock = clock;
  }

  /** What became of the wish to see a page of Stripe's. */
  public sealed interface Opened {
    /** There it is. */
    record At(Page page) implements Opened {}

    /** They pay for something already, and would pay twice. */
    record SubscribedAlready() implements Opened {}

    /** They never went to pay, so Stripe has nothing to show them. */
    record NothingThere() implements Opened {}

    /** They asked to be erased. */
    record Leaving() implements Opened {}
  }

  /** All that a person sees of it. */
  public record View(Optional<Subscription> subscription, List<Found<BillingRecord>> records) {}

  /** Our names of what can be subscribed to. */
  public List<String> plans() {
    return plans.names();
  }

  /** What there is of a person. */
  public View of(SubjectId person) {
    var found = subscriptions.of(person).map(Found::value);
    return new View(
        found, found.map(mirrored -> records.of(mirrored.pseudonym())).orElse(List.of()));
  }

  /**
   * Opens a page on which a person can subscribe to a plan.
   *
   * @throws IllegalArgumentException where there is no such plan
   */
  public Opened checkout(SubjectId person, String plan) {
    var price =
        plans.price(plan).orElseThrow(() -> new IllegalArgumentException("there is no such plan"));
    for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      var found = subscriptions.begin(person);
      if (found.isEmpty()) {
        return new Opened.Leaving();
      }
      var customer = found.get().value().customer();
      if (customer.isPresent()) {
        return checkout(found.get().value(), customer.get(), price);
      }
      subscriptions.setCustomer(found.get(), newCustomer(found.get().value()));
    }
    throw new UnavailableException("a mirror", new ConcurrentModificationException());
  }

  private String newCustomer(Subscription mirrored) {
    var customer = payments.customer(mirrored.pseudonym());
    if (!payments.has(customer)) {
      // Deleted there within the day: for so long Stripe answers what it answered before.
      throw new UnavailableException("Stripe", new IllegalStateException("customer deleted"));
    }
    return customer;
  }

  private Opened checkout(Subscription mirrored, String customer, String price) {
    // Stripe knows before we do, and nobody should pay twice for our being late.
    if (payments.subscriptions(customer).stream().anyMatch(Checkouts::isPaidFor)) {
      return new Opened.SubscribedAlready();
    }
    var page =
        payments.checkout(
            customer, mirrored.pseudonym(), price, attempt(mirrored.revision(), price));
    return new Opened.At(page);
  }

  private static boolean isPaidFor(Payments.PaidSubscription paid) {
    return !paid.status().over() && paid.status() != Status.INCOMPLETE;
  }

  /** Who presses twice gets one page; who was subscribed and comes back gets another. */
  private String attempt(String revision, String price) {
    var half = clock.instant().getEpochSecond() / SAME_PAGE.toSeconds();
    var text = revision + " " + price + " " + half;
    return Secrets.text(Secrets.sha256(text.getBytes(UTF_8)));
  }

  /** Opens the page on which a person sees invoices, changes the card, and cancels. */
  public Opened portal(SubjectId person) {
    return subscriptions
        .of(person)
        .flatMap(found -> found.value().customer())
        .flatMap(payments::portal)
        .<Opened>map(Opened.At::new)
        .orElseGet(Opened.NothingThere::new);
  }
}
