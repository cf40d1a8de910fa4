package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** {@code /v1/refunds} and {@code /v1/disputes}: money that goes back. */
final class StripeRefunds {
  private static final String REFUND = "refund";
  private static final String DISPUTE = "dispute";
  private static final long DAYS_TO_ANSWER = 9 * 86_400L;

  private final StripeObjects objects;
  private final StripeEvents events;

  StripeRefunds(StripeObjects objects, StripeEvents events) {
    this.objects = objects;
    this.events = events;
  }

  void addTo(StripeRoutes routes) {
    routes.on("POST /v1/refunds", request -> create(request.form()));
    routes.on("GET /v1/refunds/{id}", request -> objects.get(REFUND, request.id()));
    routes.on("POST /v1/refunds/{id}", request -> update(request.id(), request.form()));
    routes.list(
        "/v1/refunds",
        form ->
            objects.all(REFUND).stream()
                .filter(
                    StripePayments.is(form, "charge")
                        .and(StripePayments.is(form, "payment_intent")))
                .toList());
    routes.on("GET /v1/disputes/{id}", request -> objects.get(DISPUTE, request.id()));
    routes.list(
        "/v1/disputes",
        form ->
            objects.all(DISPUTE).stream()
                .filter(
                    StripePayments.is(form, "charge")
                        .and(StripePayments.is(form, "payment_intent")))
                .toList());
  }

  private ObjectNode create(StripeParameters form) {
    var charge = charge(form);
    var left = charge.path("amount").asLong() - charge.path("amount_refunded").asLong();
    var amount = form.number("amount").orElse(left);
    var reason = form.oneOf("reason", "duplicate", "fraudulent", "requested_by_customer");
    var refund = objects.shape(REFUND, "re_");
    form.metadata(refund);
    form.without("refund_application_fee", "reverse_transfer", "instructions_email").end();
    check(charge, left, amount);
    refund
        .put("amount", amount)
        .put("charge", StripeObjects.id(charge))
        .put("reason", reason.orElse(null))
        .put("balance_transaction", objects.number("txn_"));
    for (var field : Set.of("currency", "payment_intent", "payment_method", "customer")) {
      refund.set(field, charge.path(field));
    }
    var method = objects.get("payment_method", charge.path("payment_method").asText());
    refund.set("destination_details", StripeCard.of(method).refundDestination());
    objects.keep(refund);
    var before = charge.deepCopy();
    charge
        .put("amount_refunded", charge.path("amount_refunded").asLong() + amount)
        .put("refunded", amount == left);
    objects.keep(charge);
    events.tell("refund.created", refund);
    events.tellChange("charge.refunded", charge, before);
    return refund;
  }

  private ObjectNode charge(StripeParameters form) {
    var charge = form.text("charge");
    var intent = form.text("payment_intent");
    if (charge.isPresent() == intent.isPresent()) {
      throw charge.isPresent()
          ? StripeError.invalid("charge", "You may only specify one of charge, payment_intent.")
          : StripeError.requiredParameter("charge");
    }
    var id =
        charge.orElseGet(
            () ->
                objects
                    .find("payment_intent", intent.orElseThrow())
                    .orElseThrow(
                        () ->
                            StripeError.missingIn(
                                "payment_intent", "payment_intent", intent.orElseThrow()))
                    .path("latest_charge")
                    .asText());
    return objects
        .find("charge", id)
        .orElseThrow(() -> StripeError.missingIn("charge", "charge", id));
  }

  private static void check(ObjectNode charge, long left, long amount) {
    var id = StripeObjects.id(charge);
    if (!charge.path("paid").asBoolean()) {
      throw StripeError.invalidState(
          "charge_not_refundable", "Charge " + id + " was not paid and cannot be refunded.");
    }
    if (charge.path("disputed").asBoolean()) {
      throw StripeError.invalidState(
          "charge_disputed", "Charge " + id + " has been charged back; cannot issue a refund.");
    }
    if (left == 0) {
      throw StripeError.invalidState(
          "charge_already_refunded", "Charge " + id + " has already been refunded.");
    }
    if (amount < 1) {
      throw new StripeError(
          400,
          "invalid_request_error",
          "parameter_invalid_integer",
          "amount",
          "Invalid positive integer");
    }
    if (amount > left) {
      throw StripeError.invalid(
          "amount",
          "Refund amount ("
              + amount
              + ") is greater than unrefunded amount on charge ("
              + left
              + ")");
    }
  }

  private ObjectNode update(String id, StripeParameters form) {
    var refund = objects.get(REFUND, id);
    var changed = refund.deepCopy();
    form.metadata(changed);
    form.end();
    events.change("refund.updated", refund, it -> it.setAll(changed));
    return refund;
  }

  /** The bank of whoever paid wants it back. */
  ObjectNode dispute(String charge) {
    var disputed = objects.get("charge", charge);
    var dispute =
        objects
            .shape(DISPUTE, "du_")
            .put("amount", disputed.path("amount").asLong())
            .put("charge", charge)
            .put("is_charge_refundable", false)
            .put("reason", "fraudulent");
    dispute.set("currency", disputed.path("currency"));
    dispute.set("payment_intent", disputed.path("payment_intent"));
    dispute.withObject("/evidence_details").put("due_by", objects.seconds() + DAYS_TO_ANSWER);
    var method = objects.get("payment_method", disputed.path("payment_method").asText());
    dispute.set("payment_method_details", StripeCard.of(method).disputeDetails());
    objects.keep(dispute);
    objects.keep(disputed.put("disputed", true));
    events.tell("charge.dispute.created", dispute);
    return dispute;
  }

  /** It is decided. */
  void decide(String id, boolean won) {
    var dispute = objects.get(DISPUTE, id);
    objects.keep(dispute.put("status", won ? "won" : "lost"));
    events.tell("charge.dispute.closed", dispute);
  }
}
