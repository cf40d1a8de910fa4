package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** {@code /v1/payment_methods}: with what a customer pays. */
final class StripeMeans {
  private static final String TYPE = "payment_method";

  private final StripeObjects objects;
  private final StripeEvents events;

  StripeMeans(StripeObjects objects, StripeEvents events) {
    this.objects = objects;
    this.events = events;
  }

  void addTo(StripeRoutes routes) {
    routes.on("GET /v1/payment_methods/{id}", request -> objects.get(TYPE, request.id()));
    routes.on("POST /v1/payment_methods", request -> create(request.form()));
    routes.on(
        "POST /v1/payment_methods/{id}/attach",
        request -> {
          var customer =
              StripeCustomers.named(objects, "customer", request.form().required("customer"));
          request.form().end();
          if (StripeCard.ofTestName(request.id()).isEmpty()) {
            objects.get(TYPE, request.id());
          }
          return attach(named("id", request.id()), customer);
        });
    routes.on(
        "POST /v1/payment_methods/{id}/detach",
        request -> {
          request.form().end();
          var method = objects.get(TYPE, request.id());
          events.change("payment_method.detached", method, it -> it.putNull("customer"));
          return method;
        });
    routes.on("GET /v1/customers/{id}/payment_methods", request -> ofCustomer(request));
  }

  private ObjectNode ofCustomer(StripeRoutes.Request request) {
    request.form().without("type", "limit", "starting_after", "ending_before");
    request.form().end();
    return StripeAnswers.list(
        objects.all(TYPE, "customer", request.id()),
        "/v1/customers/" + request.id() + "/payment_methods");
  }

  private ObjectNode create(StripeParameters form) {
    form.required("type");
    var details = form.in("card");
    var digits = details.text("number").or(() -> details.text("token"));
    details.without("exp_month", "exp_year", "cvc");
    form.without("billing_details", "metadata");
    form.end();
    var card =
        digits
            .flatMap(it -> StripeCard.ofDigits(it).or(() -> StripeCard.ofTestName(it)))
            .orElseThrow(
                () ->
                    new StripeError(
                        402,
                        "card_error",
                        "incorrect_number",
                        "number",
                        "Your card number is incorrect."));
    return objects.keep(make(card));
  }

  /** A means of payment by its number, or one of Stripe's test names, which makes a new one. */
  ObjectNode named(String param, String name) {
    return StripeCard.ofTestName(name)
        .map(card -> objects.keep(make(card)))
        .or(() -> objects.find(TYPE, name))
        .orElseThrow(() -> StripeError.missingIn(param, TYPE, name));
  }

  /** Refuses a number that nothing has. */
  void check(String param, String name) {
    if (StripeCard.ofTestName(name).isEmpty() && objects.find(TYPE, name).isEmpty()) {
      throw StripeError.missingIn(param, TYPE, name);
    }
  }

  /** A new one, not kept yet. */
  ObjectNode make(StripeCard card) {
    var method = objects.shape(TYPE, "pm_").put("type", card.type());
    method.remove("card");
    method.set(card.type(), card.details());
    var owner = method.withObject("/billing_details");
    owner.put("email", "cardholder@example.com").put("name", "Cardholder Name");
    owner.put("phone", "+15555550142");
    owner
        .withObject("/address")
        .put("line1", "1 Cardholder Street")
        .put("city", "Cardholdertown")
        .put("postal_code", "94102")
        .put("state", "CA")
        .put("country", "US");
    return method;
  }

  /** Makes it a customer's, and what they pay with from now on. */
  ObjectNode attach(ObjectNode method, ObjectNode customer) {
    method.put("customer", StripeObjects.id(customer));
    objects.keep(method);
    events.tell("payment_method.attached", method);
    return method;
  }

  /** Its customer is deleted: nobody can be charged with it any more. */
  void detachAll(String customer) {
    for (var method : objects.all(TYPE, "customer", customer)) {
      events.change("payment_method.detached", method, it -> it.putNull("customer"));
    }
  }

  /** Makes it what a customer pays with from now on. */
  void prefer(ObjectNode method, ObjectNode customer) {
    events.change(
        "customer.updated",
        customer,
        it ->
            it.withObject("/invoice_settings")
                .put("default_payment_method", StripeObjects.id(method)));
  }

  /** With what a subscription is paid: its own, its customer's preferred, or any of theirs. */
  Optional<ObjectNode> of(ObjectNode customer, Optional<ObjectNode> subscription) {
    return subscription
        .map(it -> it.path("default_payment_method").asText())
        .flatMap(this::find)
        .or(() -> find(customer.path("invoice_settings").path("default_payment_method").asText()))
        .or(() -> objects.all(TYPE, "customer", StripeObjects.id(customer)).stream().findFirst());
  }

  private Optional<ObjectNode> find(String id) {
    return objects.find(TYPE, id);
  }
}
