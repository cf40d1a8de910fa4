package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /v1/customers}. */
final class StripeCustomers {
  private static final String TYPE = "customer";
  private static final Pattern BY_METADATA = Pattern.compile("metadata\\['(\\w+)']:'([^']*)'");

  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeMeans means;
  private final StripeSubscriptions subscriptions;

  StripeCustomers(
      StripeObjects objects,
      StripeEvents events,
      StripeMeans means,
      StripeSubscriptions subscriptions) {
    this.objects = objects;
    this.events = events;
    this.means = means;
    this.subscriptions = subscriptions;
  }

  void addTo(StripeRoutes routes) {
    routes.on("POST /v1/customers", request -> create(request.form()));
    routes.on("GET /v1/customers/search", request -> search(request.form()));
    routes.on("GET /v1/customers/{id}", request -> objects.get(TYPE, request.id()));
    routes.on("POST /v1/customers/{id}", request -> update(request.id(), request.form()));
    routes.on("DELETE /v1/customers/{id}", request -> delete(request.id(), request.form()));
    routes.list(
        "/v1/customers",
        form -> {
          var email = form.text("email");
          form.without("test_clock");
          return objects.all(TYPE).stream()
              .filter(customer -> !isDeleted(customer))
              .filter(
                  customer ->
                      email.isEmpty() || customer.path("email").asText().equals(email.get()))
              .toList();
        });
  }

  /** By a field of the metadata alone, in Stripe's query language. */
  private ObjectNode search(StripeParameters form) {
    var query = BY_METADATA.matcher(form.required("query"));
    if (!query.matches()) {
      throw StripeError.invalid("query", "The stand-in only searches as metadata['a']:'b' does.");
    }
    form.without("limit", "page").end();
    var found =
        objects.all(TYPE).stream()
            .filter(
                customer ->
                    customer.path("metadata").path(query.group(1)).asText().equals(query.group(2)))
            .toList();
    return StripeAnswers.list(found, "/v1/customers/search").put("object", "search_result");
  }

  /** A customer that is there, as a parameter names it. */
  static ObjectNode named(StripeObjects objects, String param, String id) {
    return objects
        .find(TYPE, id)
        .filter(customer -> !isDeleted(customer))
        .orElseThrow(() -> StripeError.missingIn(param, TYPE, id));
  }

  static boolean isDeleted(ObjectNode customer) {
    return customer.path("deleted").asBoolean();
  }

  private ObjectNode create(StripeParameters form) {
    var customer = objects.shape(TYPE, "cus_");
    customer.put("invoice_prefix", objects.number("").substring(0, 8).toUpperCase(Locale.ROOT));
    var method = read(customer, form);
    form.end();
    objects.keep(customer);
    method.ifPresent(named -> attach(named, customer));
    events.tell("customer.created", customer);
    return customer;
  }

  private ObjectNode update(String id, StripeParameters form) {
    var customer = live(id);
    var changed = customer.deepCopy();
    var method = read(changed, form);
    form.end();
    events.change("customer.updated", customer, it -> it.setAll(changed));
    method.ifPresent(named -> attach(named, customer));
    return customer;
  }

  /** Stripe's test names stand for a new one each time; the customer prefers what it is given. */
  private void attach(String named, ObjectNode customer) {
    var attached = means.attach(means.named("payment_method", named), customer);
    var settings = customer.withObject("/invoice_settings");
    if (settings.path("default_payment_method").asText().equals(named)) {
      settings.put("default_payment_method", StripeObjects.id(attached));
      objects.keep(customer);
    }
  }

  private Optional<String> read(ObjectNode customer, StripeParameters form) {
    for (var field : List.of("name", "email", "phone", "description")) {
      if (form.has(field)) {
        customer.put(field, form.text(field).orElse(null));
      }
    }
    form.metadata(customer);
    var address = form.in("address");
    for (var field : List.of("city", "country", "line1", "line2", "postal_code", "state")) {
      address.text(field).ifPresent(it -> customer.withObject("/address").put(field, it));
    }
    var settings = form.in("invoice_settings");
    settings.without("custom_fields", "footer", "rendering_options");
    settings
        .text("default_payment_method")
        .ifPresent(
            it -> {
              means.check("invoice_settings[default_payment_method]", it);
              customer.withObject("/invoice_settings").put("default_payment_method", it);
            });
    form.without("balance", "invoice_prefix", "next_invoice_sequence", "preferred_locales");
    form.without("shipping", "tax", "tax_exempt", "tax_id_data", "validate", "cash_balance");
    return form.text("payment_method").or(() -> form.text("source"));
  }

  /** Its live subscriptions end with it. */
  private ObjectNode delete(String id, StripeParameters form) {
    form.end();
    var customer = live(id);
    subscriptions.live(id).forEach(subscription -> subscriptions.cancel(subscription, null));
    means.detachAll(id);
    events.tell("customer.deleted", customer);
    customer.removeAll();
    customer.put("id", id).put("object", TYPE).put("deleted", true);
    objects.keep(customer);
    return customer;
  }

  private ObjectNode live(String id) {
    var customer = objects.get(TYPE, id);
    if (isDeleted(customer)) {
      throw StripeError.missing(TYPE, id);
    }
    return customer;
  }
}
