package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** {@code /v1/products} and {@code /v1/prices}: those of the plans, and what somebody adds. */
final class StripeCatalog {
  private static final long FIRST_AMOUNT = 1_900;

  private final StripeObjects objects;
  private final StripeEvents events;

  StripeCatalog(StripeObjects objects, StripeEvents events) {
    this.objects = objects;
    this.events = events;
  }

  /** Makes the configured plans, from 19.00 a month on, where they are not there yet. */
  void stock(Map<String, String> plans) {
    var amount = FIRST_AMOUNT;
    for (var plan : plans.entrySet()) {
      if (objects.find("price", plan.getValue()).isEmpty()) {
        var product = objects.shape("product", "prod_").put("name", plan.getKey());
        objects.keep(product.put("updated", objects.seconds()));
        var price = objects.shape("price", "price_").put("id", plan.getValue());
        price.put("product", StripeObjects.id(product)).put("currency", "eur");
        objects.keep(amount(price, amount));
      }
      amount += 3_000;
    }
  }

  void addTo(StripeRoutes routes) {
    routes.on("GET /v1/products/{id}", request -> objects.get("product", request.id()));
    routes.on("GET /v1/prices/{id}", request -> objects.get("price", request.id()));
    routes.list(
        "/v1/products",
        form -> {
          form.without("active", "ids", "shippable", "url");
          return objects.all("product");
        });
    routes.list(
        "/v1/prices",
        form -> {
          var product = form.text("product");
          form.without("active", "currency", "type", "lookup_keys", "recurring");
          return objects.all("price").stream()
              .filter(
                  price ->
                      product.isEmpty() || price.path("product").asText().equals(product.get()))
              .toList();
        });
    routes.on("POST /v1/products", request -> product(request.form()));
    routes.on("POST /v1/prices", request -> price(request.form()));
  }

  private ObjectNode product(StripeParameters form) {
    var product = objects.shape("product", "prod_").put("name", form.required("name"));
    product.put("description", form.text("description").orElse(null));
    form.metadata(product);
    form.without("active", "images", "shippable", "type", "url", "unit_label", "tax_code").end();
    objects.keep(product.put("updated", objects.seconds()));
    events.tell("product.created", product);
    return product;
  }

  private ObjectNode price(StripeParameters form) {
    var price = objects.shape("price", "price_").put("currency", form.required("currency"));
    var product = form.required("product");
    if (objects.find("product", product).isEmpty()) {
      throw StripeError.missingIn("product", "product", product);
    }
    price.put("product", product).put("nickname", form.text("nickname").orElse(null));
    var amount = form.number("unit_amount");
    if (amount.isEmpty()) {
      throw StripeError.requiredParameter("unit_amount");
    }
    amount(price, amount.getAsLong());
    if (form.has("recurring")) {
      var recurring = form.in("recurring");
      price
          .withObject("/recurring")
          .put(
              "interval",
              recurring.oneOf("interval", "month", "year", "week", "day").orElse("month"))
          .put("interval_count", recurring.number("interval_count").orElse(1));
      recurring.without("usage_type", "trial_period_days");
    } else {
      price.put("type", "one_time").putNull("recurring");
    }
    form.metadata(price);
    form.without("active", "billing_scheme", "tax_behavior", "lookup_key").end();
    objects.keep(price);
    events.tell("price.created", price);
    return price;
  }

  private static ObjectNode amount(ObjectNode price, long amount) {
    return price.put("unit_amount", amount).put("unit_amount_decimal", Long.toString(amount));
  }
}
