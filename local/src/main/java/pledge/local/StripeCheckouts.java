package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** {@code /v1/checkout/sessions}, for subscriptions: a page on which somebody pays. */
final class StripeCheckouts {
  static final String TYPE = "checkout.session";

  private static final String CARDHOLDER = "cardholder@example.com";
  private static final Duration USUAL = Duration.ofHours(24);
  private static final Duration SHORTEST = Duration.ofMinutes(30);

  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeMeans means;
  private final StripeSubscriptions subscriptions;
  private final URI pages;

  /**
   * @param pages where the hosted pages are, with a slash at the end
   */
  StripeCheckouts(
      StripeObjects objects,
      StripeEvents events,
      StripeMeans means,
      StripeSubscriptions subscriptions,
      URI pages) {
    this.objects = objects;
    this.events = events;
    this.means = means;
    this.subscriptions = subscriptions;
    this.pages = pages;
  }

  void addTo(StripeRoutes routes) {
    routes.on("POST /v1/checkout/sessions", request -> create(request.form()));
    routes.on("GET /v1/checkout/sessions/{id}", request -> objects.get(TYPE, request.id()));
    routes.on(
        "GET /v1/checkout/sessions/{id}/line_items",
        request -> {
          request.form().without("limit").end();
          var session = objects.get(TYPE, request.id());
          var lines = Json.object().put("object", "list").put("has_more", false);
          lines.put("url", "/v1/checkout/sessions/" + request.id() + "/line_items");
          lines.set("data", session.path("_items").deepCopy());
          return lines;
        });
    routes.on(
        "POST /v1/checkout/sessions/{id}/expire",
        request -> {
          request.form().end();
          var session = open(objects.get(TYPE, request.id()));
          expire(session);
          return session;
        });
    routes.list(
        "/v1/checkout/sessions",
        form ->
            objects.all(TYPE).stream()
                .filter(
                    StripePayments.is(form, "customer")
                        .and(StripePayments.is(form, "subscription"))
                        .and(StripePayments.is(form, "status")))
                .toList());
  }

  /** The page itself, as the official CLI asks for it and pays on it in a browser's place. */
  void addPagesTo(StripeRoutes routes) {
    routes.on("GET /v1/payment_pages/{id}", request -> objects.get(TYPE, request.id()));
    routes.on(
        "POST /v1/payment_pages/{id}/confirm",
        request -> {
          var named = request.form().required("payment_method");
          request.form().without("expected_amount").end();
          var card = StripeCard.of(means.named("payment_method", named));
          if (pay(request.id(), card).isEmpty()) {
            throw StripeError.cardDeclined("card_declined", "Your card was declined.");
          }
          return objects.get(TYPE, request.id());
        });
  }

  private ObjectNode create(StripeParameters form) {
    var session = objects.shape(TYPE, "cs_test_");
    var mode = form.oneOf("mode", "subscription", "payment", "setup");
    if (!mode.equals(Optional.of("subscription"))) {
      throw mode.isEmpty()
          ? StripeError.requiredParameter("mode")
          : StripeError.invalid("mode", "The stand-in knows mode=subscription alone.");
    }
    form.text("customer")
        .ifPresent(
            id -> {
              StripeCustomers.named(objects, "customer", id);
              session.put("customer", id);
            });
    session
        .put(
            "success_url",
            address(form, "success_url")
                .orElseThrow(() -> StripeError.requiredParameter("success_url")))
        .put("cancel_url", address(form, "cancel_url").orElse(null))
        .put("client_reference_id", form.text("client_reference_id").orElse(null))
        .put("customer_email", form.text("customer_email").orElse(null))
        .put("locale", form.text("locale").orElse(null))
        .put("ui_mode", form.oneOf("ui_mode", "hosted_page").orElse("hosted_page"));
    form.metadata(session);
    order(session, form);
    about(session, form.in("subscription_data"));
    session.put("expires_at", expiry(form));
    form.without("allow_promotion_codes", "automatic_tax", "billing_address_collection");
    form.without("consent_collection", "custom_text", "customer_update", "tax_id_collection");
    form.without("payment_method_types", "payment_method_collection", "phone_number_collection");
    form.without("submit_type", "branding_settings", "adaptive_pricing", "payment_method_options");
    form.without("saved_payment_method_options", "origin_context", "integration_identifier");
    form.end();
    session.put("url", pages.resolve("pay/" + StripeObjects.id(session)).toString());
    return objects.keep(session);
  }

  private static Optional<String> address(StripeParameters form, String name) {
    var address = form.text(name);
    if (address.isPresent() && !address.get().matches("https?://[^\\s]+")) {
      throw new StripeError(400, "invalid_request_error", "url_invalid", name, "Not a valid URL");
    }
    return address;
  }

  private void order(ObjectNode session, StripeParameters form) {
    var items = form.list("line_items");
    if (items.isEmpty()) {
      throw StripeError.requiredParameter("line_items");
    }
    var kept = session.putArray("_items");
    var total = 0L;
    for (var i = 0; i < items.size(); i++) {
      var item = items.get(i);
      var price = subscriptions.price("line_items[" + i + "][price]", item.required("price"));
      var quantity = item.number("quantity");
      if (quantity.isEmpty()) {
        throw StripeError.requiredParameter("line_items[" + i + "][quantity]");
      }
      item.without("adjustable_quantity", "tax_rates", "dynamic_tax_rates", "metadata");
      var amount = price.path("unit_amount").asLong() * quantity.getAsLong();
      total += amount;
      var line = Json.object().put("id", objects.number("li_")).put("object", "item");
      line.put("amount_total", amount).put("quantity", quantity.getAsLong());
      line.set("price", StripeAnswers.shown(price));
      kept.add(line);
      session.set("currency", price.path("currency"));
    }
    if (items.size() > 1) {
      throw StripeError.invalid("line_items", "The stand-in takes one line item.");
    }
    session.put("amount_subtotal", total).put("amount_total", total);
  }

  private static void about(ObjectNode session, StripeParameters data) {
    var kept = session.putObject("_subscription");
    data.metadata(kept);
    data.number("trial_period_days").ifPresent(days -> kept.put("trial_period_days", days));
    kept.put("after_trial", StripeSubscriptions.afterTrial(data));
    data.without("description", "billing_mode", "proration_behavior");
    data.without("default_tax_rates", "invoice_settings");
  }

  private long expiry(StripeParameters form) {
    var now = objects.now();
    var end = form.number("expires_at").orElse(now.plus(USUAL).getEpochSecond());
    if (end < now.plus(SHORTEST).getEpochSecond() || end > now.plus(USUAL).getEpochSecond()) {
      throw StripeError.invalid(
          "expires_at",
          "The `expires_at` timestamp must be between 30 minutes and 24 hours after Checkout"
              + " Session creation.");
    }
    return end;
  }

  private static ObjectNode open(ObjectNode session) {
    if (!session.path("status").asText().equals("open")) {
      throw StripeError.invalidState(
          "checkout_session_not_open",
          "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session"
              + " has a status of "
              + session.path("status").asText()
              + ".");
    }
    return session;
  }

  /**
   * Somebody pays on the page.
   *
   * @return where their browser is sent; empty where the card is declined
   */
  Optional<URI> pay(String id, StripeCard card) {
    var session = open(objects.get(TYPE, id));
    var customer = customer(session);
    if (card == StripeCard.DECLINED) {
      return Optional.empty();
    }
    var method = objects.keep(means.make(card));
    means.attach(method, customer);
    // The page asks for an address, and Stripe keeps it with the customer.
    events.change("customer.updated", customer, it -> it.put("email", CARDHOLDER));
    var item = session.path("_items").path(0);
    var data = session.path("_subscription");
    var days = data.path("trial_period_days");
    var subscription =
        subscriptions.start(
            new StripeSubscriptions.Order(
                customer,
                objects.get("price", item.path("price").path("id").asText()),
                item.path("quantity").asLong(1),
                days.isNumber()
                    ? Optional.of(
                        objects.now().plus(Duration.ofDays(days.asLong())).getEpochSecond())
                    : Optional.empty(),
                data.path("after_trial").asText(),
                Optional.of(method),
                data.path("metadata").deepCopy()));
    session
        .put("status", "complete")
        .put("payment_status", days.isNumber() ? "no_payment_required" : "paid")
        .put("customer", StripeObjects.id(customer))
        .put("subscription", StripeObjects.id(subscription))
        .putNull("url");
    session.set("invoice", subscription.path("latest_invoice"));
    // What a person types on the page is Stripe's to know.
    var typed = session.putObject("customer_details").put("email", CARDHOLDER);
    typed.put("name", "Cardholder Name").putNull("phone").put("tax_exempt", "none");
    typed.set("address", method.path("billing_details").path("address").deepCopy());
    objects.keep(session);
    events.tell("checkout.session.completed", session);
    return Optional.of(
        URI.create(
            session
                .path("success_url")
                .asText()
                .replace("{CHECKOUT_SESSION_ID}", StripeObjects.id(session))));
  }

  private ObjectNode customer(ObjectNode session) {
    var id = session.path("customer");
    if (id.isTextual()) {
      return StripeCustomers.named(objects, "customer", id.asText());
    }
    var customer =
        objects.shape("customer", "cus_").put("invoice_prefix", objects.number("").substring(0, 8));
    objects.keep(customer);
    events.tell("customer.created", customer);
    return customer;
  }

  /** When it ends by itself. */
  Optional<StripeClockwork.Due> next(ObjectNode session) {
    return session.path("status").asText().equals("open")
        ? Optional.of(
            new StripeClockwork.Due(
                Instant.ofEpochSecond(session.path("expires_at").asLong()), () -> expire(session)))
        : Optional.empty();
  }

  private void expire(ObjectNode session) {
    objects.keep(session.put("status", "expired").putNull("url"));
    events.tell("checkout.session.expired", session);
  }
}
