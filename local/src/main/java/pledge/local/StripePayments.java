package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** {@code /v1/payment_intents}, {@code /v1/charges}, {@code /v1/invoice_payments}. */
final class StripePayments {
  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeMeans means;
  private Consumer<ObjectNode> disputed = charge -> {};

  StripePayments(StripeObjects objects, StripeEvents events, StripeMeans means) {
    this.objects = objects;
    this.events = events;
    this.means = means;
  }

  /** What became of an attempt to be paid. */
  enum Outcome {
    PAID,
    DECLINED,
    /** The owner of the card must confirm it first. */
    TO_BE_CONFIRMED
  }

  /** Who is to be told of a charge that is disputed. */
  void onDispute(Consumer<ObjectNode> told) {
    disputed = told;
  }

  void addTo(StripeRoutes routes) {
    routes.on("GET /v1/payment_intents/{id}", it -> objects.get("payment_intent", it.id()));
    routes.on("GET /v1/charges/{id}", it -> objects.get("charge", it.id()));
    routes.on("GET /v1/invoice_payments/{id}", it -> objects.get("invoice_payment", it.id()));
    routes.on("POST /v1/payment_intents", request -> create(request.form()));
    routes.list(
        "/v1/payment_intents",
        form -> objects.all("payment_intent").stream().filter(is(form, "customer")).toList());
    routes.list(
        "/v1/charges",
        form ->
            objects.all("charge").stream()
                .filter(is(form, "customer").and(is(form, "payment_intent")))
                .toList());
    routes.list("/v1/invoice_payments", this::invoicePayments);
  }

  private List<ObjectNode> invoicePayments(StripeParameters form) {
    var payment = form.in("payment");
    payment.oneOf("type", "payment_intent", "charge", "payment_record");
    var intent = payment.text("payment_intent");
    return objects.all("invoice_payment").stream()
        .filter(is(form, "invoice").and(is(form, "status")))
        .filter(
            it ->
                intent.isEmpty()
                    || it.path("payment").path("payment_intent").asText().equals(intent.get()))
        .toList();
  }

  /** Whether a field is what a parameter of its name asks for; anything where it is not sent. */
  static Predicate<ObjectNode> is(StripeParameters form, String field) {
    var wanted = form.text(field);
    return object -> wanted.isEmpty() || object.path(field).asText().equals(wanted.get());
  }

  /** What Stripe has of an invoice from the time that it is to be paid. */
  void open(ObjectNode invoice) {
    var intent = intent(invoice.path("amount_due").asLong(), invoice.path("currency").asText());
    intent.set("customer", invoice.path("customer"));
    objects.keep(intent);
    var payment =
        objects
            .shape("invoice_payment", "inpay_")
            .put("amount_requested", invoice.path("amount_due").asLong())
            .put("currency", invoice.path("currency").asText())
            .put("invoice", StripeObjects.id(invoice));
    payment.withObject("/payment").put("payment_intent", StripeObjects.id(intent));
    objects.keep(payment);
    events.tell("payment_intent.created", intent);
  }

  /**
   * Tries to have an invoice paid.
   *
   * @param present whether the owner is there to confirm it, or it is the first of a subscription
   */
  Outcome pay(ObjectNode invoice, ObjectNode method, boolean present) {
    var payment = ofInvoice(invoice).orElseThrow();
    var intent =
        objects.get("payment_intent", payment.path("payment").path("payment_intent").asText());
    var outcome = charge(intent, method, present);
    if (outcome == Outcome.PAID) {
      payment.put("status", "paid").put("amount_paid", payment.path("amount_requested").asLong());
      payment.withObject("/status_transitions").put("paid_at", objects.seconds());
      objects.keep(payment);
      events.tell("invoice_payment.paid", payment);
    }
    return outcome;
  }

  private Outcome charge(ObjectNode intent, ObjectNode method, boolean present) {
    var card = StripeCard.of(method);
    intent.put("payment_method", StripeObjects.id(method));
    var outcome =
        switch (card) {
          case GOOD, BANK, US_BANK, DISPUTED -> Outcome.PAID;
          case FAILS_LATER -> present ? Outcome.PAID : Outcome.DECLINED;
          case ASKS_LATER -> present ? Outcome.PAID : Outcome.TO_BE_CONFIRMED;
          case DECLINED -> Outcome.DECLINED;
        };
    switch (outcome) {
      case PAID -> {
        var charge = keepCharge(intent, method, card, true);
        intent
            .put("status", "succeeded")
            .put("amount_received", intent.path("amount").asLong())
            .put("latest_charge", StripeObjects.id(charge))
            .putNull("last_payment_error")
            .putNull("next_action");
        objects.keep(intent);
        events.tell("charge.succeeded", charge);
        events.tell("payment_intent.succeeded", intent);
        if (card == StripeCard.DISPUTED) {
          disputed.accept(charge);
        }
      }
      case DECLINED -> {
        var charge = keepCharge(intent, method, card, false);
        intent
            .put("status", "requires_payment_method")
            .put("latest_charge", StripeObjects.id(charge));
        var error =
            intent
                .putObject("last_payment_error")
                .put("charge", StripeObjects.id(charge))
                .put("code", "card_declined")
                .put("decline_code", "generic_decline")
                .put("message", "Your card was declined.")
                .put("type", "card_error");
        error.set("payment_method", StripeAnswers.shown(method));
        objects.keep(intent);
        events.tell("charge.failed", charge);
        events.tell("payment_intent.payment_failed", intent);
      }
      case TO_BE_CONFIRMED -> {
        intent
            .put("status", "requires_action")
            .putObject("next_action")
            .put("type", "use_stripe_sdk");
        objects.keep(intent);
        events.tell("payment_intent.requires_action", intent);
      }
    }
    return outcome;
  }

  private ObjectNode keepCharge(
      ObjectNode intent, ObjectNode method, StripeCard card, boolean paid) {
    var charge = objects.shape("charge", "ch_");
    charge
        .put("amount", intent.path("amount").asLong())
        .put("amount_captured", paid ? intent.path("amount").asLong() : 0)
        .put("captured", paid)
        .put("paid", paid)
        .put("status", paid ? "succeeded" : "failed")
        .put("payment_intent", StripeObjects.id(intent))
        .put("payment_method", StripeObjects.id(method))
        .put("authorization_code", card.isBank() ? null : card.authorization())
        .put("receipt_url", "https://pay.stripe.com/receipts/" + StripeObjects.id(charge));
    charge.set("currency", intent.path("currency"));
    charge.set("customer", intent.path("customer"));
    charge.set("billing_details", method.path("billing_details").deepCopy());
    var details = charge.putObject("payment_method_details").put("type", card.type());
    details.set(card.type(), card.chargeDetails());
    var outcome = charge.putObject("outcome");
    outcome
        .put("network_status", paid ? "approved_by_network" : "declined_by_network")
        .put("type", paid ? "authorized" : "issuer_declined")
        .put("reason", paid ? null : "generic_decline");
    if (!paid) {
      charge.put("failure_code", "card_declined").put("failure_message", "Your card was declined.");
    }
    return objects.keep(charge);
  }

  /** The one payment that an invoice is to be paid with. */
  Optional<ObjectNode> ofInvoice(ObjectNode invoice) {
    return objects.all("invoice_payment", "invoice", StripeObjects.id(invoice)).stream()
        .findFirst();
  }

  private ObjectNode intent(long amount, String currency) {
    var intent = objects.shape("payment_intent", "pi_").put("amount", amount);
    intent.put("currency", currency);
    return intent.put("client_secret", StripeObjects.id(intent) + "_secret_" + objects.number(""));
  }

  /** A payment without an invoice, as the official CLI's samples make it. */
  private ObjectNode create(StripeParameters form) {
    var amount = form.number("amount");
    if (amount.isEmpty()) {
      throw StripeError.requiredParameter("amount");
    }
    var intent = intent(amount.getAsLong(), form.required("currency"));
    form.text("customer")
        .ifPresent(
            id -> {
              StripeCustomers.named(objects, "customer", id);
              intent.put("customer", id);
            });
    form.metadata(intent);
    var method = form.text("payment_method");
    var confirm = form.flag("confirm").orElse(false);
    form.without("description", "payment_method_types", "automatic_payment_methods", "shipping");
    form.without("return_url", "setup_future_usage", "off_session", "error_on_requires_action");
    form.end();
    var means = method.map(it -> this.means.named("payment_method", it));
    objects.keep(intent);
    events.tell("payment_intent.created", intent);
    means.ifPresent(it -> intent.put("payment_method", StripeObjects.id(it)));
    if (confirm) {
      var with = means.orElseThrow(() -> StripeError.requiredParameter("payment_method"));
      if (charge(intent, with, false) == Outcome.DECLINED) {
        throw StripeError.cardDeclined("card_declined", "Your card was declined.");
      }
    } else {
      objects.keep(
          intent.put(
              "status", method.isPresent() ? "requires_confirmation" : "requires_payment_method"));
    }
    return intent;
  }
}
