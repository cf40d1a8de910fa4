package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;

/** {@code /v1/billing_portal/sessions}: a page on which a customer sees to what they pay. */
final class StripePortals {
  static final String TYPE = "billing_portal.session";

  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeMeans means;
  private final StripeInvoices invoices;
  private final StripeSubscriptions subscriptions;
  private final URI pages;

  StripePortals(
      StripeObjects objects,
      StripeEvents events,
      StripeMeans means,
      StripeInvoices invoices,
      StripeSubscriptions subscriptions,
      URI pages) {
    this.objects = objects;
    this.events = events;
    this.means = means;
    this.invoices = invoices;
    this.subscriptions = subscriptions;
    this.pages = pages;
  }

  void addTo(StripeRoutes routes) {
    routes.on("POST /v1/billing_portal/sessions", request -> create(request.form()));
  }

  private ObjectNode create(StripeParameters form) {
    var customer = form.required("customer");
    StripeCustomers.named(objects, "customer", customer);
    var session = objects.shape(TYPE, "bps_").put("customer", customer);
    session
        .put("return_url", form.text("return_url").orElse(null))
        .put("locale", form.text("locale").orElse(null));
    form.without("configuration", "flow_data", "on_behalf_of").end();
    session.put("url", pages.resolve("portal/" + StripeObjects.id(session)).toString());
    objects.keep(session);
    events.tell("billing_portal.session.created", session);
    return session;
  }

  /** The customer pays with another card from now on. */
  void changeCard(ObjectNode customer, StripeCard card) {
    var method = objects.keep(means.make(card));
    means.attach(method, customer);
    means.prefer(method, customer);
    for (var subscription : subscriptions.live(StripeObjects.id(customer))) {
      events.change(
          "customer.subscription.updated",
          subscription,
          it -> it.put("default_payment_method", StripeObjects.id(method)));
    }
  }

  /** The customer pays what is open, and confirms what is to be confirmed. */
  void payOpen(ObjectNode customer) {
    for (var invoice : objects.all("invoice", "customer", StripeObjects.id(customer))) {
      if (invoice.path("status").asText().equals("open")) {
        invoices.charge(invoice, true);
      }
    }
  }
}
