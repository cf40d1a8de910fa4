package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code /v1/events}: what changed, each with the object as it was just then. */
final class StripeEvents {
  /** The API version of stripe-java 33.3.0, with which our endpoint is registered. */
  static final String API_VERSION = "2026-07-29.dahlia";

  private static final String TYPE = "event";

  /** Stripe lists events for 30 days. */
  private static final Duration KEPT = Duration.ofDays(30);

  private final StripeObjects objects;
  private final Consumer<ObjectNode> delivery;
  private @Nullable String request;
  private @Nullable String idempotencyKey;

  /**
   * @param delivery is told of each event
   */
  StripeEvents(StripeObjects objects, Consumer<ObjectNode> delivery) {
    this.objects = objects;
    this.delivery = delivery;
  }

  /** Whose request causes what follows; nobody's where time does. */
  void causedBy(@Nullable String requestNumber, @Nullable String key) {
    request = requestNumber;
    idempotencyKey = key;
  }

  /** Something was made, or ended. */
  void tell(String type, ObjectNode object) {
    tell(type, object, null);
  }

  /** Something changed: the event says what its fields were before. */
  void tellChange(String type, ObjectNode object, ObjectNode before) {
    var changed = Json.object();
    for (var field : before.properties()) {
      if (!field.getKey().startsWith("_")
          && !field.getValue().equals(object.path(field.getKey()))) {
        changed.set(field.getKey(), field.getValue());
      }
    }
    if (!changed.isEmpty()) {
      tell(type, object, changed);
    }
  }

  private void tell(String type, ObjectNode object, @Nullable ObjectNode previous) {
    var event =
        objects
            .shape(TYPE, "evt_")
            .put("type", type)
            .put("api_version", API_VERSION)
            .put("pending_webhooks", 1);
    var data = event.withObject("/data");
    data.set("object", StripeAnswers.shown(object));
    if (previous != null) {
      data.set("previous_attributes", previous);
    }
    event.withObject("/request").put("id", request).put("idempotency_key", idempotencyKey);
    objects.keep(event);
    delivery.accept(event);
  }

  /** Forgets what Stripe would not list any more. */
  void forgetOld() {
    var oldest = objects.now().minus(KEPT).getEpochSecond();
    for (var event : objects.all(TYPE)) {
      if (event.path("created").asLong() < oldest) {
        objects.remove(event);
      }
    }
  }

  void addTo(StripeRoutes routes) {
    routes.on("GET /v1/events/{id}", request -> objects.get(TYPE, request.id()));
    routes.list(
        "/v1/events",
        form -> {
          var types = form.texts("types");
          var type = form.text("type");
          var delivered = form.flag("delivery_success");
          return objects.all(TYPE).stream()
              .filter(event -> type.isEmpty() || matches(type.get(), event))
              .filter(event -> types.isEmpty() || types.stream().anyMatch(it -> matches(it, event)))
              .filter(event -> delivered.isEmpty() || delivered.get() == isDelivered(event))
              .toList();
        });
  }

  /** All of a type that are still listed, the oldest first. */
  List<ObjectNode> ofType(String type) {
    return objects.all(TYPE).reversed().stream().filter(event -> matches(type, event)).toList();
  }

  private static boolean isDelivered(ObjectNode event) {
    return event.path("pending_webhooks").asInt() == 0;
  }

  private static boolean matches(String wanted, ObjectNode event) {
    var type = event.path("type").asText();
    return wanted.equals("*")
        || (wanted.endsWith(".*")
            ? type.startsWith(wanted.substring(0, wanted.length() - 1))
            : type.equals(wanted));
  }

  /** A change to an object, told of with what it was before. */
  void change(String type, ObjectNode object, Consumer<ObjectNode> how) {
    var before = object.deepCopy();
    how.accept(object);
    objects.keep(object);
    tellChange(type, object, before);
  }
}
