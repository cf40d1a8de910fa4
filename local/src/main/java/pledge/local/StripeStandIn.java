package pledge.local;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Stripe on loopback: its API for customers, subscriptions and what belongs to them, the pages on
 * which people pay, what happens there by itself as time passes, and its webhooks. What it knows
 * outlives the machine where the machine keeps data.
 */
public final class StripeStandIn implements StandIn {
  /** The key that it takes; and no other. */
  public static final String KEY = "sk_test_local";

  /** The secrets that functions know: it signs with the first. */
  public static final List<String> SECRETS = List.of("whsec_local", "whsec_local_before");

  private static final Duration REST = Duration.ofSeconds(1);

  private static final List<String> TYPES =
      List.of(
          "billing_portal.session",
          "charge",
          "checkout.session",
          "customer",
          "dispute",
          "event",
          "invoice",
          "invoice_payment",
          "invoiceitem",
          "payment_intent",
          "payment_method",
          "price",
          "privacy.redaction_job",
          "product",
          "refund",
          "subscription");

  private final String plans;
  private final Loopback address;
  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeWebhooks webhooks;
  private final ServiceFaults faults = new ServiceFaults();
  private final StripeApi api;
  private final StripeClockwork clockwork;
  private final StripeCheckouts checkouts;
  private final StripePortals portals;
  private final StripeSubscriptions subscriptions;
  private final StripeRefunds refunds;

  /**
   * @param plans such as {@code personal=price_…,family=price_…}
   * @param machine where webhooks are delivered to, and the hosted pages are
   */
  StripeStandIn(String plans, Store store, MachineClock clock, URI machine) {
    this.plans = plans;
    objects = new StripeObjects(store, clock, TYPES);
    webhooks =
        new StripeWebhooks(
            objects, store, clock, machine.resolve("/webhooks/stripe"), SECRETS.subList(0, 1));
    events = new StripeEvents(objects, webhooks::add);
    var pages = machine.resolve(StripePages.ROOT);
    var means = new StripeMeans(objects, events);
    var payments = new StripePayments(objects, events, means);
    var invoices = new StripeInvoices(objects, events, means, payments);
    subscriptions = new StripeSubscriptions(objects, events, means, invoices);
    checkouts = new StripeCheckouts(objects, events, means, subscriptions, pages);
    portals = new StripePortals(objects, events, means, invoices, subscriptions, pages);
    refunds = new StripeRefunds(objects, events);
    payments.onDispute(charge -> refunds.dispute(StripeObjects.id(charge)));
    var catalog = new StripeCatalog(objects, events);
    var routes = new StripeRoutes(objects);
    new StripeCustomers(objects, events, means, subscriptions).addTo(routes);
    means.addTo(routes);
    payments.addTo(routes);
    invoices.addTo(routes);
    subscriptions.addTo(routes);
    checkouts.addTo(routes);
    checkouts.addPagesTo(routes);
    portals.addTo(routes);
    refunds.addTo(routes);
    catalog.addTo(routes);
    events.addTo(routes);
    new StripeRedactions(objects).addTo(routes);
    var idempotency = new StripeIdempotency(store, clock);
    clockwork =
        new StripeClockwork(objects, events, idempotency, invoices, subscriptions, checkouts);
    api = new StripeApi(KEY, objects, events, routes, idempotency);
    synchronized (objects) {
      catalog.stock(StripePlans.read(plans));
    }
    address = Loopback.open("stripe", 0);
  }

  @Override
  public String name() {
    return "Stripe";
  }

  @Override
  public void start(MachineClock clock) {
    address.serve(new StripeAddress(api, faults));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "STRIPE_KEY",
        KEY,
        "STRIPE_API_BASE",
        address.address().toString(),
        "STRIPE_WEBHOOK_SECRETS",
        String.join(",", SECRETS),
        "STRIPE_PLANS",
        plans);
  }

  /** Where its API answers. */
  public URI address() {
    return address.address();
  }

  /** What goes wrong when it is asked. */
  public ServiceFaults faults() {
    return faults;
  }

  /** How it tells of what happened. */
  public StripeWebhooks webhooks() {
    return webhooks;
  }

  /**
   * Pays on a checkout's page.
   *
   * @param page its address, as {@code url} of the session says
   * @return where the browser is sent afterwards; empty where the card is declined
   */
  public Optional<URI> pay(URI page, StripeCard card) {
    return here(() -> checkouts.pay(last(page), card));
  }

  /** Cancels all that a customer subscribed to, as on the portal's page: now, or at the end. */
  public void cancel(String customer, boolean now) {
    here(
        () -> {
          for (var subscription : subscriptions.live(customer)) {
            if (now) {
              subscriptions.cancel(subscription, "cancellation_requested");
            } else {
              subscriptions.cancelAtPeriodEnd(subscription, true);
            }
          }
          return customer;
        });
  }

  /** Takes a cancellation at the end of the period back, as on the portal's page. */
  public void goOn(String customer) {
    here(
        () -> {
          subscriptions
              .live(customer)
              .forEach(subscription -> subscriptions.cancelAtPeriodEnd(subscription, false));
          return customer;
        });
  }

  /** Has a customer pay with another card from now on, as on the portal's page. */
  public void changeCard(String customer, StripeCard card) {
    here(
        () -> {
          portals.changeCard(objects.get("customer", customer), card);
          return customer;
        });
  }

  /** Pays what a customer owes, with the card that they have, as on the portal's page. */
  public void payOpen(String customer) {
    here(
        () -> {
          portals.payOpen(objects.get("customer", customer));
          return customer;
        });
  }

  /** Has the bank of whoever paid want a charge back; the number of the dispute. */
  public String dispute(String charge) {
    return here(() -> StripeObjects.id(refunds.dispute(charge)));
  }

  /** Decides a dispute. */
  public void decide(String dispute, boolean won) {
    here(
        () -> {
          refunds.decide(dispute, won);
          return dispute;
        });
  }

  /** The numbers of all that it has of a type, such as {@code subscription}, the oldest first. */
  public List<String> numbers(String type) {
    return here(() -> objects.all(type).reversed().stream().map(StripeObjects::id).toList());
  }

  /**
   * Something as its API would show it, as JSON.
   *
   * @throws IllegalArgumentException if there is nothing with that number
   */
  public String json(String number) {
    return here(
        () ->
            Json.text(
                StripeAnswers.shown(
                    objects
                        .find(number)
                        .orElseThrow(
                            () -> new IllegalArgumentException("Nothing has it: " + number)))));
  }

  /** The numbers of the events of a type that it lists, the oldest first. */
  public List<String> events(String type) {
    return here(() -> events.ofType(type).stream().map(StripeObjects::id).toList());
  }

  void addTo(Pumps pumps) {
    var told = pumps.add("stripe-webhooks", REST, webhooks);
    webhooks.onEvent(told::wake);
    pumps.add("stripe", REST, clockwork);
  }

  StripeObjects objects() {
    return objects;
  }

  /** Does what a person does on a page of Stripe's: no request of ours causes it. */
  <T> T here(Supplier<T> work) {
    synchronized (objects) {
      events.causedBy(null, null);
      return work.get();
    }
  }

  static String last(URI page) {
    var path = page.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public void close() {
    webhooks.close();
    address.close();
  }
}
