package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /v1/subscriptions}. */
final class StripeSubscriptions implements StripeInvoices.Listener {
  private static final String TYPE = "subscription";
  private static final Set<String> OVER = Set.of("canceled", "incomplete_expired");

  /** How long the first payment may be made up for. */
  private static final Duration INCOMPLETE = Duration.ofHours(23);

  private static final Duration TRIAL_NOTICE = Duration.ofDays(3);

  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeMeans means;
  private final StripeInvoices invoices;

  StripeSubscriptions(
      StripeObjects objects, StripeEvents events, StripeMeans means, StripeInvoices invoices) {
    this.objects = objects;
    this.events = events;
    this.means = means;
    this.invoices = invoices;
    invoices.listener(this);
  }

  /**
   * What somebody subscribes to.
   *
   * @param trialEnd in seconds since 1970; empty without a trial
   */
  record Order(
      ObjectNode customer,
      ObjectNode price,
      long quantity,
      Optional<Long> trialEnd,
      String afterTrial,
      Optional<ObjectNode> method,
      ObjectNode metadata) {}

  void addTo(StripeRoutes routes) {
    routes.on("GET /v1/subscriptions/{id}", request -> objects.get(TYPE, request.id()));
    routes.on("POST /v1/subscriptions", request -> create(request.form()));
    routes.on("POST /v1/subscriptions/{id}", request -> update(request.id(), request.form()));
    routes.on(
        "DELETE /v1/subscriptions/{id}",
        request -> {
          request.form().in("cancellation_details").without("comment", "feedback");
          request.form().without("invoice_now", "prorate").end();
          var subscription = objects.get(TYPE, request.id());
          if (isOver(subscription)) {
            throw StripeError.missing(TYPE, request.id());
          }
          cancel(subscription, "cancellation_requested");
          return subscription;
        });
    routes.list("/v1/subscriptions", this::listed);
  }

  private List<ObjectNode> listed(StripeParameters form) {
    var status =
        form.oneOf(
            "status",
            "active",
            "all",
            "canceled",
            "ended",
            "incomplete",
            "incomplete_expired",
            "past_due",
            "paused",
            "trialing",
            "unpaid");
    var price = form.text("price");
    form.without("collection_method", "plan", "test_clock", "automatic_tax");
    Predicate<ObjectNode> wanted =
        switch (status.orElse("")) {
          case "" -> it -> !it.path("status").asText().equals("canceled");
          case "all" -> _ -> true;
          case "ended" -> StripeSubscriptions::isOver;
          default -> it -> it.path("status").asText().equals(status.orElseThrow());
        };
    return objects.all(TYPE).stream()
        .filter(StripePayments.is(form, "customer").and(wanted))
        .filter(
            it -> price.isEmpty() || item(it).path("price").path("id").asText().equals(price.get()))
        .toList();
  }

  static boolean isOver(ObjectNode subscription) {
    return OVER.contains(subscription.path("status").asText());
  }

  /** All of a customer that are not over. */
  List<ObjectNode> live(String customer) {
    return objects.all(TYPE, "customer", customer).stream().filter(it -> !isOver(it)).toList();
  }

  /** Begins, with its first invoice; the status says whether that is paid. */
  ObjectNode start(Order order) {
    var subscription = objects.shape(TYPE, "sub_");
    var id = StripeObjects.id(subscription);
    var now = objects.seconds();
    var end = order.trialEnd().orElse(after(now, order.price()));
    subscription
        .put("customer", StripeObjects.id(order.customer()))
        .put("billing_cycle_anchor", order.trialEnd().orElse(now))
        .put("start_date", now)
        .put("default_payment_method", order.method().map(StripeObjects::id).orElse(null));
    subscription.set("currency", order.price().path("currency"));
    subscription.set("metadata", order.metadata());
    subscription
        .withObject("/trial_settings/end_behavior")
        .put("missing_payment_method", order.afterTrial());
    order
        .trialEnd()
        .ifPresent(
            it ->
                subscription
                    .put("status", "trialing")
                    .put("trial_start", now)
                    .put("trial_end", it));
    var item =
        objects
            .shape("subscription_item", "si_")
            .put("subscription", id)
            .put("quantity", order.quantity())
            .put("current_period_start", now)
            .put("current_period_end", end);
    item.set("price", StripeAnswers.shown(order.price()));
    var items = subscription.withObject("/items");
    items.put("url", "/v1/subscription_items?subscription=" + id).withArray("data").add(item);
    objects.keep(subscription);
    objects.keep(order.customer().put("currency", order.price().path("currency").asText()));
    var invoice =
        invoices.draft(subscription, "subscription_create", now, now, order.trialEnd().isPresent());
    objects.keep(subscription.put("latest_invoice", StripeObjects.id(invoice)));
    events.tell("customer.subscription.created", subscription);
    invoices.open(invoice);
    if (order.trialEnd().isPresent() || order.method().isPresent()) {
      invoices.charge(invoice, true);
    } else {
      invoices.charge(invoice, false);
    }
    return subscription;
  }

  private static long after(long start, JsonNode price) {
    var recurring = price.path("recurring");
    var count = recurring.path("interval_count").asInt(1);
    var period =
        switch (recurring.path("interval").asText()) {
          case "day" -> Period.ofDays(count);
          case "week" -> Period.ofWeeks(count);
          case "year" -> Period.ofYears(count);
          default -> Period.ofMonths(count);
        };
    return Instant.ofEpochSecond(start).atZone(ZoneOffset.UTC).plus(period).toEpochSecond();
  }

  static ObjectNode item(ObjectNode subscription) {
    return (ObjectNode) subscription.path("items").path("data").path(0);
  }

  @Override
  public void paid(ObjectNode invoice) {
    StripeInvoices.subscriptionOf(invoice)
        .map(id -> objects.get(TYPE, id))
        .filter(it -> Set.of("incomplete", "past_due").contains(it.path("status").asText()))
        .ifPresent(it -> change(it, changed -> changed.put("status", "active")));
  }

  @Override
  public void failed(ObjectNode invoice) {
    StripeInvoices.subscriptionOf(invoice)
        .map(id -> objects.get(TYPE, id))
        .filter(it -> Set.of("active", "trialing").contains(it.path("status").asText()))
        .ifPresent(it -> change(it, changed -> changed.put("status", "past_due")));
  }

  @Override
  public void givenUp(ObjectNode invoice) {
    StripeInvoices.subscriptionOf(invoice)
        .map(id -> objects.get(TYPE, id))
        .filter(it -> !isOver(it))
        .ifPresent(it -> cancel(it, "payment_failed"));
  }

  /** Ends it at once. */
  void cancel(ObjectNode subscription, @Nullable String reason) {
    var asked = subscription.path("canceled_at");
    subscription
        .put("status", "canceled")
        .put("canceled_at", asked.isNumber() ? asked.asLong() : objects.seconds())
        .put("ended_at", objects.seconds());
    subscription.withObject("/cancellation_details").put("reason", reason);
    objects.keep(subscription);
    invoices.leave(subscription);
    events.tell("customer.subscription.deleted", subscription);
  }

  /** Has it end with the period that is paid, or go on after all. */
  void cancelAtPeriodEnd(ObjectNode subscription, boolean end) {
    change(
        subscription,
        it -> {
          it.put("cancel_at_period_end", end);
          if (end) {
            it.put("cancel_at", item(it).path("current_period_end").asLong());
            it.put("canceled_at", objects.seconds());
          } else {
            it.putNull("cancel_at").putNull("canceled_at");
          }
          it.withObject("/cancellation_details")
              .put("reason", end ? "cancellation_requested" : null);
        });
  }

  private void change(ObjectNode subscription, Consumer<ObjectNode> how) {
    events.change("customer.subscription.updated", subscription, how);
  }

  /** The period is over: another begins, with its invoice, or none does. */
  void renew(ObjectNode subscription) {
    if (subscription.path("cancel_at_period_end").asBoolean()) {
      cancel(subscription, "cancellation_requested");
      return;
    }
    if (subscription.path("status").asText().equals("trialing") && endsUnpaid(subscription)) {
      return;
    }
    var start = item(subscription).path("current_period_end").asLong();
    var end = after(start, item(subscription).path("price"));
    var invoice =
        invoices.draft(
            subscription,
            "subscription_cycle",
            item(subscription).path("current_period_start").asLong(),
            start,
            false);
    change(
        subscription,
        it -> {
          item(it).put("current_period_start", start).put("current_period_end", end);
          it.put("latest_invoice", StripeObjects.id(invoice));
          if (it.path("status").asText().equals("trialing")) {
            it.put("status", "active");
          }
        });
  }

  /** A trial is over and nothing is there to pay with: what is done then was said before. */
  private boolean endsUnpaid(ObjectNode subscription) {
    var customer = objects.get("customer", subscription.path("customer").asText());
    if (means.of(customer, Optional.of(subscription)).isPresent()) {
      return false;
    }
    var behavior = subscription.path("trial_settings").path("end_behavior");
    switch (behavior.path("missing_payment_method").asText()) {
      case "pause" -> {
        change(subscription, it -> it.put("status", "paused"));
        events.tell("customer.subscription.paused", subscription);
      }
      case "cancel" -> cancel(subscription, null);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** When something is due for it by itself, and what. */
  Optional<StripeClockwork.Due> next(ObjectNode subscription) {
    return switch (subscription.path("status").asText()) {
      case "incomplete" ->
          Optional.of(
              new StripeClockwork.Due(
                  Instant.ofEpochSecond(subscription.path("created").asLong()).plus(INCOMPLETE),
                  () -> expire(subscription)));
      case "trialing", "active", "past_due" -> {
        var end = Instant.ofEpochSecond(item(subscription).path("current_period_end").asLong());
        var trial = subscription.path("status").asText().equals("trialing");
        yield Optional.of(
            trial && !subscription.path("_trial_notice").asBoolean()
                ? new StripeClockwork.Due(end.minus(TRIAL_NOTICE), () -> announce(subscription))
                : new StripeClockwork.Due(end, () -> renew(subscription)));
      }
      default -> Optional.empty();
    };
  }

  private void announce(ObjectNode subscription) {
    objects.keep(subscription.put("_trial_notice", true));
    events.tell("customer.subscription.trial_will_end", subscription);
  }

  private void expire(ObjectNode subscription) {
    change(
        subscription,
        it -> it.put("status", "incomplete_expired").put("ended_at", objects.seconds()));
    invoices.leave(subscription);
  }

  private ObjectNode create(StripeParameters form) {
    var customer = StripeCustomers.named(objects, "customer", form.required("customer"));
    var items = form.list("items");
    if (items.isEmpty()) {
      throw StripeError.requiredParameter("items");
    }
    if (items.size() > 1) {
      throw StripeError.invalid("items", "The stand-in takes one item.");
    }
    var ordered = items.getFirst();
    var price = price("items[0][price]", ordered.required("price"));
    var quantity = ordered.number("quantity").orElse(1);
    ordered.without("metadata", "tax_rates", "discounts");
    var days = form.number("trial_period_days");
    var trialEnd = form.number("trial_end");
    var method = form.text("default_payment_method");
    var metadata = Json.object();
    form.metadata(metadata);
    form.without("payment_behavior", "payment_settings", "off_session", "proration_behavior");
    form.without("collection_method", "days_until_due", "description", "billing_mode");
    var afterTrial = afterTrial(form);
    form.end();
    var trial =
        trialEnd.isPresent()
            ? Optional.of(trialEnd.getAsLong())
            : days.isPresent()
                ? Optional.of(
                    objects.now().plus(Duration.ofDays(days.getAsLong())).getEpochSecond())
                : Optional.<Long>empty();
    var with = method.map(it -> means.named("default_payment_method", it));
    if (with.isEmpty() && means.of(customer, Optional.empty()).isEmpty() && trial.isEmpty()) {
      throw StripeError.invalidState(
          "resource_missing",
          "This customer has no attached payment source or default payment method. Please"
              + " consider adding a default payment method.");
    }
    return start(
        new Order(
            customer, price, quantity, trial, afterTrial, with, metadata.withObject("/metadata")));
  }

  /** What is to be done when a trial ends and nothing is there to pay with. */
  static String afterTrial(StripeParameters form) {
    return form.in("trial_settings")
        .in("end_behavior")
        .oneOf("missing_payment_method", "cancel", "create_invoice", "pause")
        .orElse("create_invoice");
  }

  /** A price that can be subscribed to. */
  ObjectNode price(String param, String id) {
    var price =
        objects.find("price", id).orElseThrow(() -> StripeError.missingIn(param, "price", id));
    if (!price.path("recurring").isObject()) {
      throw StripeError.invalid(
          param,
          "The price specified is set to `type=one_time` but this field only accepts recurring"
              + " prices.");
    }
    return price;
  }

  private ObjectNode update(String id, StripeParameters form) {
    var subscription = objects.get(TYPE, id);
    var changed = subscription.deepCopy();
    form.metadata(changed);
    form.text("default_payment_method")
        .ifPresent(
            it ->
                changed.put(
                    "default_payment_method",
                    StripeObjects.id(means.named("default_payment_method", it))));
    for (var ordered : form.list("items")) {
      ordered.without("id", "metadata", "quantity");
      ordered
          .text("price")
          .ifPresent(it -> item(changed).set("price", StripeAnswers.shown(price("items", it))));
    }
    var atEnd = form.flag("cancel_at_period_end");
    var trialEnd = form.text("trial_end").map(this::moment);
    form.without("proration_behavior", "payment_behavior", "off_session", "description");
    form.end();
    if (isOver(subscription)) {
      throw StripeError.invalidState(
          "resource_missing", "A canceled subscription can only update its cancellation_details.");
    }
    trialEnd.ifPresent(it -> setTrialEnd(changed, it));
    change(subscription, it -> it.setAll(changed));
    if (trialEnd.isPresent() && trialEnd.get() <= objects.seconds()) {
      renew(subscription);
    }
    atEnd.ifPresent(it -> cancelAtPeriodEnd(subscription, it));
    return subscription;
  }

  private long moment(String text) {
    if (!text.matches("now|\\d{1,12}")) {
      throw StripeError.invalid("trial_end", "Invalid timestamp: must be an integer or `now`");
    }
    return text.equals("now") ? objects.seconds() : Long.parseLong(text);
  }

  private void setTrialEnd(ObjectNode subscription, long end) {
    subscription.put("trial_end", end).put("status", "trialing");
    item(subscription).put("current_period_end", end);
  }
}
