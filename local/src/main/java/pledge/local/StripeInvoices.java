package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /v1/invoices} and {@code /v1/invoiceitems}: what is owed, and how it comes to be paid. */
final class StripeInvoices {
  private static final String TYPE = "invoice";

  /** How long a renewal's invoice can still be changed before it is charged. */
  private static final Duration DRAFT = Duration.ofHours(1);

  /** After which time each failed attempt is followed by another. */
  private static final List<Duration> RETRIES =
      List.of(Duration.ofDays(3), Duration.ofDays(5), Duration.ofDays(7));

  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeMeans means;
  private final StripePayments payments;
  private Listener listener = new Listener() {};

  /** Who must know what becomes of an invoice. */
  interface Listener {
    default void paid(ObjectNode invoice) {}

    default void failed(ObjectNode invoice) {}

    /** No attempt follows any more. */
    default void givenUp(ObjectNode invoice) {}
  }

  StripeInvoices(
      StripeObjects objects, StripeEvents events, StripeMeans means, StripePayments payments) {
    this.objects = objects;
    this.events = events;
    this.means = means;
    this.payments = payments;
  }

  void listener(Listener told) {
    listener = told;
  }

  void addTo(StripeRoutes routes) {
    routes.on("GET /v1/invoices/{id}", request -> objects.get(TYPE, request.id()));
    routes.list(
        "/v1/invoices",
        form -> {
          var subscription = form.text("subscription");
          form.oneOf("status", "draft", "open", "paid", "uncollectible", "void");
          form.without("collection_method", "due_date");
          return objects.all(TYPE).stream()
              .filter(StripePayments.is(form, "customer").and(StripePayments.is(form, "status")))
              .filter(it -> subscription.isEmpty() || subscriptionOf(it).equals(subscription))
              .toList();
        });
    routes.on("POST /v1/invoiceitems", request -> createItem(request.form()));
    routes.on("POST /v1/invoices", request -> create(request.form()));
    routes.on("POST /v1/invoices/{id}", request -> update(request.id(), request.form()));
    routes.on("POST /v1/invoices/{id}/finalize", request -> finalize(request));
    routes.on("POST /v1/invoices/{id}/pay", request -> pay(request));
    routes.on("POST /v1/invoices/{id}/void", request -> end(request, "void", "voided"));
    routes.on(
        "POST /v1/invoices/{id}/mark_uncollectible",
        request -> end(request, "uncollectible", "marked_uncollectible"));
  }

  /** The subscription that an invoice is for. */
  static Optional<String> subscriptionOf(ObjectNode invoice) {
    var id = invoice.path("parent").path("subscription_details").path("subscription");
    return id.isTextual() ? Optional.of(id.asText()) : Optional.empty();
  }

  /** A draft for a period of a subscription. */
  ObjectNode draft(ObjectNode subscription, String reason, long start, long end, boolean free) {
    var item = subscription.path("items").path("data").path(0);
    var price = item.path("price");
    var amount = free ? 0 : price.path("unit_amount").asLong() * item.path("quantity").asLong(1);
    var invoice = blank(subscription.path("customer").asText(), reason);
    invoice.set("currency", price.path("currency"));
    invoice.put("period_start", start).put("period_end", end);
    var parent = invoice.putObject("parent").put("type", "subscription_details");
    parent.putNull("quote_details");
    var details = parent.putObject("subscription_details");
    details.put("subscription", StripeObjects.id(subscription));
    details.set("metadata", subscription.path("metadata").deepCopy());
    var line = line(invoice, amount, price.path("currency").asText());
    line.withObject("/period").put("start", start).put("end", end);
    line.put("description", "1 × plan").put("subscription", StripeObjects.id(subscription));
    var of = line.putObject("parent").put("type", "subscription_item_details");
    of.putNull("invoice_item_details");
    of.putObject("subscription_item_details")
        .putNull("invoice_item")
        .put("proration", false)
        .put("subscription", StripeObjects.id(subscription))
        .put("subscription_item", item.path("id").asText())
        .putNull("proration_details");
    var pricing = line.putObject("pricing").put("type", "price_details");
    pricing.put("unit_amount_decimal", price.path("unit_amount_decimal").asText());
    pricing
        .putObject("price_details")
        .put("price", price.path("id").asText())
        .put("product", price.path("product").asText());
    add(invoice, line);
    if (!reason.equals("subscription_create")) {
      invoice.put("automatically_finalizes_at", objects.now().plus(DRAFT).getEpochSecond());
    }
    objects.keep(invoice);
    events.tell("invoice.created", invoice);
    return invoice;
  }

  private ObjectNode blank(String customer, String reason) {
    var invoice =
        objects.shape(TYPE, "in_").put("customer", customer).put("billing_reason", reason);
    invoice.put("period_start", objects.seconds()).put("period_end", objects.seconds());
    invoice.withObject("/lines").put("url", "/v1/invoices/" + StripeObjects.id(invoice) + "/lines");
    // What Stripe copies from the customer: ours have none of it.
    var owner = objects.get("customer", customer);
    for (var field : List.of("email", "name", "phone", "address")) {
      invoice.set("customer_" + field, owner.path(field));
    }
    return invoice;
  }

  private ObjectNode line(ObjectNode invoice, long amount, String currency) {
    return objects
        .shape("line_item", "il_")
        .put("amount", amount)
        .put("subtotal", amount)
        .put("currency", currency)
        .put("invoice", StripeObjects.id(invoice));
  }

  private static void add(ObjectNode invoice, ObjectNode line) {
    var lines = invoice.withObject("/lines");
    lines.withArray("data").add(line);
    lines.put("total_count", lines.path("data").size());
    var total = invoice.path("total").asLong() + line.path("amount").asLong();
    for (var field :
        List.of(
            "subtotal",
            "subtotal_excluding_tax",
            "total",
            "total_excluding_tax",
            "amount_due",
            "amount_remaining")) {
      invoice.put(field, total);
    }
  }

  /** From now on it is to be paid. */
  void open(ObjectNode invoice) {
    var customer = objects.get("customer", invoice.path("customer").asText());
    var next = customer.path("next_invoice_sequence").asInt(1);
    invoice
        .put("status", "open")
        .put(
            "number", "%s-%04d".formatted(customer.path("invoice_prefix").asText("DELETED0"), next))
        .put("effective_at", objects.seconds())
        .put("hosted_invoice_url", "https://invoice.stripe.com/i/" + StripeObjects.id(invoice))
        .put("invoice_pdf", "https://pay.stripe.com/invoice/" + StripeObjects.id(invoice) + "/pdf")
        .putNull("automatically_finalizes_at");
    invoice.withObject("/status_transitions").put("finalized_at", objects.seconds());
    objects.keep(invoice);
    if (!StripeCustomers.isDeleted(customer)) {
      objects.keep(customer.put("next_invoice_sequence", next + 1));
    }
    if (invoice.path("amount_due").asLong() > 0) {
      payments.open(invoice);
    }
    events.tell("invoice.finalized", invoice);
  }

  /**
   * Tries to have it paid.
   *
   * @param present whether the owner of the card is there
   */
  StripePayments.Outcome charge(ObjectNode invoice, boolean present) {
    if (invoice.path("amount_due").asLong() == 0) {
      paid(invoice);
      return StripePayments.Outcome.PAID;
    }
    var customer = objects.get("customer", invoice.path("customer").asText());
    var subscription = subscriptionOf(invoice).flatMap(id -> objects.find("subscription", id));
    return means
        .of(customer, subscription)
        .map(method -> charge(invoice, method, present))
        .orElseGet(
            () -> {
              failed(invoice, StripePayments.Outcome.DECLINED);
              return StripePayments.Outcome.DECLINED;
            });
  }

  StripePayments.Outcome charge(ObjectNode invoice, ObjectNode method, boolean present) {
    var outcome = payments.pay(invoice, method, present);
    invoice.put("attempted", true);
    if (outcome == StripePayments.Outcome.PAID) {
      paid(invoice);
    } else {
      failed(invoice, outcome);
    }
    return outcome;
  }

  private void paid(ObjectNode invoice) {
    var due = invoice.path("amount_due").asLong();
    invoice
        .put("status", "paid")
        .put("attempted", true)
        .put("attempt_count", invoice.path("attempt_count").asInt() + (due > 0 ? 1 : 0))
        .put("amount_paid", due)
        .put("amount_remaining", 0)
        .put("auto_advance", false)
        .putNull("next_payment_attempt");
    invoice.withObject("/status_transitions").put("paid_at", objects.seconds());
    objects.keep(invoice);
    events.tell("invoice.paid", invoice);
    events.tell("invoice.payment_succeeded", invoice);
    listener.paid(invoice);
  }

  private void failed(ObjectNode invoice, StripePayments.Outcome outcome) {
    var attempts = invoice.path("attempt_count").asInt() + 1;
    var first = invoice.path("billing_reason").asText().equals("subscription_create");
    var next =
        first || !invoice.path("auto_advance").asBoolean() || attempts > RETRIES.size()
            ? null
            : objects.now().plus(RETRIES.get(attempts - 1));
    invoice.put("attempted", true).put("attempt_count", attempts);
    setNextAttempt(invoice, next);
    objects.keep(invoice);
    events.tell("invoice.payment_failed", invoice);
    if (outcome == StripePayments.Outcome.TO_BE_CONFIRMED) {
      events.tell("invoice.payment_action_required", invoice);
    }
    listener.failed(invoice);
    if (next == null && !first) {
      listener.givenUp(invoice);
    }
  }

  private static void setNextAttempt(ObjectNode invoice, @Nullable Instant next) {
    if (next == null) {
      invoice.putNull("next_payment_attempt");
    } else {
      invoice.put("next_payment_attempt", next.getEpochSecond());
    }
  }

  /** Nothing more is asked for by itself: its subscription is over. */
  void leave(ObjectNode subscription) {
    for (var invoice : ofSubscription(subscription)) {
      var status = invoice.path("status").asText();
      if (status.equals("open") || status.equals("draft")) {
        events.change(
            "invoice.updated",
            invoice,
            it ->
                it.put("auto_advance", false)
                    .putNull("next_payment_attempt")
                    .putNull("automatically_finalizes_at"));
      }
    }
  }

  List<ObjectNode> ofSubscription(ObjectNode subscription) {
    var id = Optional.of(StripeObjects.id(subscription));
    return objects.all(TYPE).stream().filter(it -> subscriptionOf(it).equals(id)).toList();
  }

  private ObjectNode createItem(StripeParameters form) {
    var customer = form.required("customer");
    StripeCustomers.named(objects, "customer", customer);
    var amount = form.number("amount").orElse(0);
    var item =
        objects
            .shape("invoiceitem", "ii_")
            .put("customer", customer)
            .put("amount", amount)
            .put("net_amount", amount)
            .put("date", objects.seconds())
            .put("currency", form.text("currency").orElse("usd"));
    item.put("description", form.text("description").orElse(null));
    form.metadata(item);
    form.without("price", "quantity", "invoice", "pricing").end();
    objects.keep(item);
    events.tell("invoiceitem.created", item);
    return item;
  }

  /** A draft of what a customer owes besides subscriptions. */
  private ObjectNode create(StripeParameters form) {
    var customer = form.required("customer");
    StripeCustomers.named(objects, "customer", customer);
    var invoice = blank(customer, "manual");
    invoice.put("auto_advance", form.flag("auto_advance").orElse(false));
    form.oneOf("collection_method", "charge_automatically", "send_invoice")
        .ifPresent(it -> invoice.put("collection_method", it));
    form.metadata(invoice);
    form.without("description", "days_until_due", "pending_invoice_items_behavior", "due_date");
    form.end();
    for (var item : objects.all("invoiceitem", "customer", customer)) {
      if (item.path("invoice").isNull()) {
        invoice.set("currency", item.path("currency"));
        add(invoice, line(invoice, item.path("amount").asLong(), item.path("currency").asText()));
        objects.keep(item.put("invoice", StripeObjects.id(invoice)));
      }
    }
    objects.keep(invoice);
    events.tell("invoice.created", invoice);
    return invoice;
  }

  private ObjectNode update(String id, StripeParameters form) {
    var invoice = objects.get(TYPE, id);
    var changed = invoice.deepCopy();
    form.metadata(changed);
    form.text("description").ifPresent(it -> changed.put("description", it));
    form.flag("auto_advance").ifPresent(it -> changed.put("auto_advance", it));
    form.end();
    events.change("invoice.updated", invoice, it -> it.setAll(changed));
    return invoice;
  }

  private ObjectNode finalize(StripeRoutes.Request request) {
    request.form().without("auto_advance").end();
    var invoice = inState(request.id(), "draft");
    open(invoice);
    return invoice;
  }

  private ObjectNode pay(StripeRoutes.Request request) {
    var method = request.form().text("payment_method");
    request.form().without("off_session", "forgive").end();
    var with = method.map(it -> means.named("payment_method", it));
    var invoice = objects.get(TYPE, request.id());
    if (invoice.path("status").asText().equals("draft")) {
      open(invoice);
    }
    inState(request.id(), "open");
    var outcome = with.isPresent() ? charge(invoice, with.get(), false) : charge(invoice, false);
    if (outcome != StripePayments.Outcome.PAID) {
      throw StripeError.cardDeclined(
          outcome == StripePayments.Outcome.DECLINED
              ? "card_declined"
              : "invoice_payment_intent_requires_action",
          "Your card was declined.");
    }
    return invoice;
  }

  private ObjectNode end(StripeRoutes.Request request, String status, String what) {
    request.form().end();
    var invoice = inState(request.id(), "open");
    invoice.put("status", status).putNull("next_payment_attempt");
    invoice.withObject("/status_transitions").put(what + "_at", objects.seconds());
    objects.keep(invoice);
    events.tell("invoice." + what, invoice);
    return invoice;
  }

  private ObjectNode inState(String id, String status) {
    var invoice = objects.get(TYPE, id);
    if (!invoice.path("status").asText().equals(status)) {
      throw StripeError.invalidState(
          invoice.path("status").asText().equals("paid")
              ? "invoice_already_paid"
              : "invoice_not_editable",
          "This invoice is " + invoice.path("status").asText() + ", not " + status + ".");
    }
    return invoice;
  }
}
