package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /_local/stripe/}: the pages that Stripe hosts, as far as people act there, and what the
 * stand-in has.
 */
final class StripePages {
  static final String ROOT = "/_local/stripe/";

  private final StripeStandIn stripe;
  private final StripeObjects objects;

  StripePages(StripeStandIn stripe) {
    this.stripe = stripe;
    this.objects = stripe.objects();
  }

  /**
   * @param path below {@link #ROOT}
   */
  Answer answer(Call call, String path) {
    var parts = path.split("/", 2);
    var id = parts.length > 1 ? parts[1] : "";
    return stripe.here(
        () ->
            switch (parts[0]) {
              case "" -> overview();
              case "pay" ->
                  objects
                      .find(StripeCheckouts.TYPE, id)
                      .map(session -> pay(call, session))
                      .orElseGet(StripePages::gone);
              case "portal" ->
                  objects
                      .find(StripePortals.TYPE, id)
                      .map(session -> portal(call, session))
                      .orElseGet(StripePages::gone);
              default -> gone();
            });
  }

  private static Answer gone() {
    return Html.page(404, "No such page", "<p>" + Html.link(ROOT, "Stripe's stand-in") + "</p>");
  }

  private Answer overview() {
    var open = new ArrayList<List<String>>();
    for (var type : List.of(StripeCheckouts.TYPE, StripePortals.TYPE)) {
      for (var session : objects.all(type)) {
        if (session.path("url").isTextual()) {
          open.add(
              List.of(
                  Html.link(session.path("url").asText(), StripeObjects.id(session)),
                  Html.code(session.path("customer").asText()),
                  time(session.path("created").asLong())));
        }
      }
    }
    var counts =
        objects.counts().entrySet().stream()
            .map(count -> List.of(Html.code(count.getKey()), Integer.toString(count.getValue())))
            .toList();
    return Html.page(
        200,
        "Stripe's stand-in",
        "<p>Events still to be delivered: "
            + stripe.webhooks().waiting().size()
            + ".</p>\n"
            + Html.table("Pages that people can open", List.of("Page", "Customer", "Made"), open)
            + Html.table("Subscriptions", subscriptionColumns(), subscriptions(Optional.empty()))
            + Html.table("What it has", List.of("Object", "How many"), counts));
  }

  private Answer pay(Call call, ObjectNode session) {
    if (!session.path("status").asText().equals("open")) {
      return Html.page(
          410,
          "This page is over",
          "<p>The checkout is " + Html.escape(session.path("status").asText()) + ".</p>");
    }
    var customer = objects.find("customer", session.path("customer").asText());
    if (customer.filter(StripeCustomers::isDeleted).isPresent()) {
      return gone();
    }
    if (!call.method().equals("POST")) {
      return payForm(200, session, "");
    }
    var form = form(call);
    if (form.containsKey("cancel")) {
      return to(session.path("cancel_url").asText());
    }
    var card = StripeCard.ofDigits(form.getOrDefault("number", ""));
    if (card.isEmpty()) {
      return payForm(400, session, "Your card number is incorrect.");
    }
    return stripe
        .pay(URI.create(session.path("url").asText()), card.get())
        .map(back -> to(back.toString()))
        .orElseGet(() -> payForm(402, session, "Your card was declined."));
  }

  private Answer payForm(int status, ObjectNode session, String problem) {
    var price = session.path("_items").path(0).path("price");
    var product =
        objects
            .find("product", price.path("product").asText())
            .map(it -> it.path("name").asText())
            .orElse("");
    var body =
        alert(problem)
            + "<p>"
            + Html.escape(product)
            + ": "
            + amount(session.path("amount_total").asLong(), session.path("currency").asText())
            + " a "
            + Html.escape(price.path("recurring").path("interval").asText())
            + "</p>\n<form method=\"post\">"
            + cardField()
            + "<button>Subscribe</button></form>\n"
            + (session.path("cancel_url").isTextual() ? button("cancel", "Cancel and go back") : "")
            + numbers();
    return Html.page(
        status,
        "Pay (Stripe's stand-in)",
        body,
        List.of(session.path("success_url").asText(), session.path("cancel_url").asText()));
  }

  private Answer portal(Call call, ObjectNode session) {
    var customer = objects.get("customer", session.path("customer").asText());
    if (StripeCustomers.isDeleted(customer)) {
      return gone();
    }
    if (!call.method().equals("POST")) {
      return portalForm(200, session, customer, "");
    }
    var form = form(call);
    var id = StripeObjects.id(customer);
    switch (form.getOrDefault("do", "")) {
      case "cancel-now" -> stripe.cancel(id, true);
      case "cancel-at-end" -> stripe.cancel(id, false);
      case "go-on" -> stripe.goOn(id);
      case "pay" -> stripe.payOpen(id);
      case "card" -> {
        var card = StripeCard.ofDigits(form.getOrDefault("number", ""));
        if (card.isEmpty() || card.get() == StripeCard.DECLINED) {
          return portalForm(400, session, customer, "Your card number is incorrect.");
        }
        stripe.changeCard(id, card.get());
      }
      default -> {
        return portalForm(400, session, customer, "There is no such button.");
      }
    }
    return to(ROOT + "portal/" + StripeObjects.id(session));
  }

  private Answer portalForm(int status, ObjectNode session, ObjectNode customer, String problem) {
    var id = StripeObjects.id(customer);
    var invoices = new ArrayList<List<String>>();
    for (var invoice : objects.all("invoice", "customer", id)) {
      invoices.add(
          List.of(
              Html.escape(invoice.path("number").asText("draft")),
              amount(invoice.path("total").asLong(), invoice.path("currency").asText()),
              Html.escape(invoice.path("status").asText()),
              time(invoice.path("created").asLong())));
    }
    var cards =
        objects.all("payment_method", "customer", id).stream()
            .limit(1)
            .map(StripeCard::of)
            .map(card -> card.type() + " ending in " + card.last4())
            .findFirst()
            .orElse("none");
    var back = session.path("return_url");
    var body =
        alert(problem)
            + Html.table("Your subscription", subscriptionColumns(), subscriptions(Optional.of(id)))
            + button("cancel-now", "Cancel now")
            + button("cancel-at-end", "Cancel at the end of the period")
            + button("go-on", "Do not cancel")
            + "<h2>Card</h2>\n<p>"
            + Html.escape(cards)
            + "</p>\n<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"card\">"
            + cardField()
            + "<button>Change card</button></form>\n"
            + Html.table("Invoices", List.of("Number", "Total", "Status", "Made"), invoices)
            + button("pay", "Pay what is open")
            + (back.isTextual()
                ? "<p>" + Html.link(back.asText(), "Return to the service") + "</p>\n"
                : "")
            + numbers();
    return Html.page(status, "Your plan (Stripe's stand-in)", body);
  }

  private static List<String> subscriptionColumns() {
    return List.of("Subscription", "Status", "Paid until", "Ends at the end of the period");
  }

  private List<List<String>> subscriptions(Optional<String> customer) {
    return objects.all("subscription").stream()
        .filter(it -> customer.isEmpty() || it.path("customer").asText().equals(customer.get()))
        .map(
            it ->
                List.of(
                    Html.code(StripeObjects.id(it)),
                    Html.escape(it.path("status").asText()),
                    time(StripeSubscriptions.item(it).path("current_period_end").asLong()),
                    it.path("cancel_at_period_end").asBoolean() ? "yes" : "no"))
        .toList();
  }

  private static String cardField() {
    return "<label>Card number (or IBAN) <input name=\"number\" required autocomplete=\"off\""
        + " value=\""
        + StripeCard.GOOD.digits()
        + "\"></label>";
  }

  private static String button(String action, String text) {
    var field =
        action.equals("cancel")
            ? "<input type=\"hidden\" name=\"cancel\" value=\"yes\">"
            : "<input type=\"hidden\" name=\"do\" value=\"" + action + "\">";
    return "<form method=\"post\">" + field + "<button>" + Html.escape(text) + "</button></form>\n";
  }

  private static String numbers() {
    var rows = new ArrayList<List<String>>();
    for (var card : StripeCard.values()) {
      rows.add(List.of(Html.code(card.digits()), Html.escape(card.effect())));
    }
    return Html.table("Numbers that are known here", List.of("Number", "What it does"), rows);
  }

  private static String alert(String problem) {
    return problem.isEmpty() ? "" : "<p role=\"alert\">" + Html.escape(problem) + "</p>\n";
  }

  private static String amount(long amount, String currency) {
    return Html.escape("%d.%02d %s".formatted(amount / 100, amount % 100, currency));
  }

  private static String time(long seconds) {
    return Html.code(Instant.ofEpochSecond(seconds).toString());
  }

  private static Answer to(String address) {
    return Answer.text(303, "").with("Location", address).with("Cache-Control", "no-store");
  }

  private static Map<String, String> form(Call call) {
    var fields = new HashMap<String, String>();
    for (var pair : call.text().split("&", -1)) {
      var parts = pair.split("=", 2);
      if (parts.length == 2) {
        fields.put(decode(parts[0]), decode(parts[1]));
      }
    }
    return fields;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
