package pledge.processor.stripe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pledge.processor.Payments;
import pledge.vault.Environment;
import pledge.vault.Secrets;

/**
 * {@link Payments} by Stripe's API. A customer is told to Stripe by a pseudonym, and by nothing
 * else of the person.
 */
public final class StripePayments implements Payments {
  static final String CUSTOMERS = "/v1/customers";
  static final String SUBSCRIPTIONS = "/v1/subscriptions";
  static final String INVOICES = "/v1/invoices";
  static final String CHARGES = "/v1/charges";
  static final String CHECKOUTS = "/v1/checkout/sessions";
  private static final String INVOICE_PAYMENTS = "/v1/invoice_payments";
  private static final String REFUNDS = "/v1/refunds";
  private static final String DISPUTES = "/v1/disputes";
  private static final String EVENTS = "/v1/events";
  private static final String GIVEN_BACK = "given_back";
  private static final int KEY_BYTES = 16;

  private final StripeApi api;
  private final String home;

  /**
   * Over these calls.
   *
   * @param baseUrl of ours, where Stripe's pages lead back to
   */
  public StripePayments(StripeApi api, String baseUrl) {
    this.api = api;
    this.home = baseUrl + "/";
  }

  /** As the settings say: {@code STRIPE_KEY}, {@code STRIPE_API_BASE}, {@code BASE_URL}. */
  public static StripePayments of(Environment environment) {
    return new StripePayments(StripeApi.of(environment), environment.setting("BASE_URL"));
  }

  @Override
  public String customer(String pseudonym) {
    return api.post(
            CUSTOMERS, Map.of("metadata", Map.of("pseudonym", pseudonym)), "customer-" + pseudonym)
        .text("id");
  }

  @Override
  public Optional<Customer> find(String customer) {
    return api.find(CUSTOMERS, customer, Map.of())
        .map(
            found ->
                new Customer(
                    found.text("id"),
                    found.object("metadata").flatMap(data -> data.optionalText("pseudonym")),
                    found.flag("deleted")));
  }

  @Override
  public Page checkout(String customer, String pseudonym, String price, String attempt) {
    return new Page(
        api.post(
                CHECKOUTS,
                Map.of(
                    "mode",
                    "subscription",
                    "customer",
                    customer,
                    "line_items",
                    List.of(Map.of("price", price, "quantity", 1)),
                    "subscription_data",
                    Map.of("metadata", Map.of("pseudonym", pseudonym)),
                    "success_url",
                    home,
                    "cancel_url",
                    home),
                "checkout-" + attempt)
            .text("url"));
  }

  @Override
  public Optional<Page> portal(String customer) {
    try {
      var page =
          api.post(
              "/v1/billing_portal/sessions",
              Map.of("customer", customer, "return_url", home),
              "portal-" + Secrets.text(Secrets.random(KEY_BYTES)));
      return Optional.of(new Page(page.text("url")));
    } catch (StripeRefusal e) {
      if (has(customer)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  @Override
  public List<PaidSubscription> subscriptions(String customer) {
    return oldestFirst(
        api.all(SUBSCRIPTIONS, Map.of("customer", customer, "status", "all")),
        StripePayments::subscription);
  }

  @Override
  public Optional<PaidSubscription> subscription(String id) {
    return api.find(SUBSCRIPTIONS, id, Map.of()).map(StripePayments::subscription);
  }

  @Override
  public Optional<String> customerOfCheckout(String session) {
    return api.find(CHECKOUTS, session, Map.of()).flatMap(found -> found.id("customer"));
  }

  @Override
  public Iterable<PaidSubscription> liveSubscriptions() {
    // Without a status, Stripe leaves out those that were cancelled.
    return () ->
        stream(api.all(SUBSCRIPTIONS, Map.of()))
            .map(StripePayments::subscription)
            .filter(found -> !found.status().over())
            .iterator();
  }

  @Override
  public void cancel(String subscription) {
    // One that is over is not there to be cancelled, though it is there to be read.
    if (api.delete(SUBSCRIPTIONS, subscription).isEmpty() && isLive(subscription)) {
      throw new IllegalStateException("Stripe does not cancel a subscription that it shows");
    }
  }

  @Override
  public void markGivenBack(String subscription) {
    try {
      api.post(
          SUBSCRIPTIONS + "/" + StripeApi.checked(subscription),
          Map.of("metadata", Map.of(GIVEN_BACK, "yes")),
          "given-back-" + subscription);
    } catch (StripeRefusal e) {
      if (isLive(subscription)) {
        throw e;
      }
    }
  }

  private boolean isLive(String id) {
    return subscription(id).filter(found -> !found.status().over()).isPresent();
  }

  @Override
  public void refund(String subscription) {
    for (var invoice : api.all(INVOICES, Map.of("subscription", subscription, "status", "paid"))) {
      for (var paid :
          api.all(INVOICE_PAYMENTS, Map.of("invoice", invoice.text("id"), "status", "paid"))) {
        paid.object("payment").ifPresent(this::refundPayment);
      }
    }
  }

  /** What was paid otherwise than by card, such as out of a balance, has neither of both. */
  private void refundPayment(StripeObject payment) {
    for (var kind : List.of("payment_intent", "charge")) {
      payment.id(kind).ifPresent(id -> refundAll(kind, id));
    }
  }

  private void refundAll(String kind, String id) {
    try {
      api.post(REFUNDS, Map.of(kind, id), "refund-" + id);
    } catch (StripeRefusal e) {
      // A key is forgotten after a day; that all is given back already is not.
      if (!e.code().equals("charge_already_refunded")) {
        throw e;
      }
    }
  }

  @Override
  public Optional<Invoice> invoice(String id) {
    return api.find(INVOICES, id, Map.of()).flatMap(StripePayments::invoice);
  }

  @Override
  public List<Invoice> invoices(String customer) {
    return oldestFirst(api.all(INVOICES, Map.of("customer", customer)), StripePayments::invoice)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public Optional<Refund> findRefund(String id) {
    return api.find(REFUNDS, id, Map.of("expand", List.of("charge"))).flatMap(this::refund);
  }

  @Override
  public List<Refund> refundsOfCharge(String charge) {
    return oldestFirst(
            api.all(REFUNDS, Map.of("charge", charge, "expand", List.of("data.charge"))),
            this::refund)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public Optional<Dispute> dispute(String id) {
    return api.find(DISPUTES, id, Map.of("expand", List.of("charge"))).flatMap(this::dispute);
  }

  @Override
  public Optional<Event> event(String id) {
    return api.find(EVENTS, id, Map.of()).map(StripePayments::event);
  }

  @Override
  public Iterable<Event> undelivered() {
    return oldestFirst(api.all(EVENTS, Map.of("delivery_success", "false")), StripePayments::event);
  }

  // ── What is read of Stripe's objects ───────────────────────────────────────────────────────

  private static PaidSubscription subscription(StripeObject found) {
    var items = found.list("items");
    var status = Status.valueOf(found.text("status").toUpperCase(Locale.ROOT));
    // On the item since 2025-03-31.basil.
    var periodEnd =
        items.stream()
            .flatMap(item -> item.instant("current_period_end").stream())
            .max(Instant::compareTo);
    return new PaidSubscription(
        found.text("id"),
        found.id("customer").orElseThrow(),
        status,
        items.stream()
            .flatMap(item -> item.object("price").stream())
            .flatMap(price -> price.optionalText("id").stream())
            .findFirst()
            .orElse(""),
        found.instant("created").orElseThrow(),
        periodEnd,
        // "Now" is no end that is to come: where it is over, the moment at which it was.
        status.over()
            ? found.instant("ended_at")
            : found
                .instant("cancel_at")
                .or(() -> found.flag("cancel_at_period_end") ? periodEnd : Optional.empty()),
        found.object("metadata").flatMap(data -> data.optionalText(GIVEN_BACK)).isPresent());
  }

  /** Empty where it is to nobody that we know of: an invoice always has a customer of ours. */
  private static Optional<Invoice> invoice(StripeObject found) {
    var lines = found.list("lines");
    var status = found.optionalText("status").orElse("draft");
    var transitions = found.object("status_transitions");
    var issuedAt =
        transitions
            .flatMap(times -> times.instant("finalized_at"))
            .or(() -> found.instant("created"))
            .orElseThrow();
    // Stripe says how often it tried, and not when: the first time is when it is issued.
    var failed =
        (status.equals("open") && found.flag("attempted")) || status.equals("uncollectible");
    return found
        .id("customer")
        .map(
            customer ->
                new Invoice(
                    found.text("id"),
                    customer,
                    found
                        .object("parent", "subscription_details")
                        .flatMap(details -> details.id("subscription")),
                    found.optionalText("number"),
                    lines.stream()
                        .flatMap(line -> line.object("pricing", "price_details").stream())
                        .flatMap(price -> price.id("price").stream())
                        .findFirst(),
                    found.optionalNumber("total").orElse(0L),
                    found.list("total_taxes").stream()
                        .mapToLong(tax -> tax.optionalNumber("amount").orElse(0L))
                        .sum(),
                    found.text("currency"),
                    status,
                    issuedAt,
                    failed ? Optional.of(issuedAt) : Optional.empty()));
  }

  /** Empty where its charge has no customer: nobody of ours. */
  private Optional<Refund> refund(StripeObject found) {
    return customerOfCharge(found)
        .map(
            customer ->
                new Refund(
                    found.text("id"),
                    customer,
                    invoiceNumber(found),
                    found.number("amount"),
                    found.text("currency"),
                    found.optionalText("status").orElse(""),
                    found.instant("created").orElseThrow()));
  }

  /** As above. */
  private Optional<Dispute> dispute(StripeObject found) {
    return customerOfCharge(found)
        .map(
            customer ->
                new Dispute(
                    found.text("id"),
                    customer,
                    invoiceNumber(found),
                    found.number("amount"),
                    found.text("currency"),
                    found.text("status"),
                    found.instant("created").orElseThrow()));
  }

  private static Optional<String> customerOfCharge(StripeObject found) {
    return found.object("charge").flatMap(charge -> charge.id("customer"));
  }

  /** Since 2025-03-31.basil a payment is led to its invoice by what links both. */
  private Optional<String> invoiceNumber(StripeObject found) {
    return found
        .id("payment_intent")
        .flatMap(
            intent ->
                stream(
                        api.all(
                            INVOICE_PAYMENTS,
                            Map.of(
                                "payment",
                                Map.of("type", "payment_intent", "payment_intent", intent),
                                "limit",
                                1,
                                "expand",
                                List.of("data.invoice"))))
                    .findFirst())
        .flatMap(payment -> payment.object("invoice"))
        .flatMap(invoice -> invoice.optionalText("number"));
  }

  private static Event event(StripeObject found) {
    return new Event(
        found.text("id"),
        found.text("type"),
        // Some are about what has no number, such as an invoice that is only to come.
        found.object("data", "object").flatMap(object -> object.optionalText("id")).orElse(""),
        found.instant("created").orElseThrow());
  }

  // ── Lists ──────────────────────────────────────────────────────────────────────────────────

  /** Stripe lists the newest first. */
  private static <T> List<T> oldestFirst(
      Iterable<StripeObject> found, Function<StripeObject, T> reader) {
    var values = new ArrayList<T>();
    found.forEach(object -> values.addFirst(reader.apply(object)));
    return values;
  }

  private static Stream<StripeObject> stream(Iterable<StripeObject> found) {
    return StreamSupport.stream(found.spliterator(), false);
  }
}
