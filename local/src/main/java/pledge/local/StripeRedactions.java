package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code /v1/privacy/redaction_jobs}, in preview: personal data is taken out of objects whose
 * transactions are over 90 days old. A job goes on whenever it is looked at again.
 */
final class StripeRedactions {
  private static final String TYPE = "privacy.redaction_job";
  private static final String PATH = "/v1/privacy/redaction_jobs";
  private static final Duration TOO_YOUNG = Duration.ofDays(90);

  /** The parameters that name objects, with the type of each. */
  private static final Map<String, String> NAMED = named();

  private static final Set<String> TRANSACTIONS =
      Set.of("charge", "payment_intent", "invoice", "checkout.session");

  private final StripeObjects objects;

  StripeRedactions(StripeObjects objects) {
    this.objects = objects;
  }

  private static Map<String, String> named() {
    var named = new LinkedHashMap<String, String>();
    named.put("charges", "charge");
    named.put("checkout_sessions", "checkout.session");
    named.put("customers", "customer");
    named.put("invoices", "invoice");
    named.put("payment_intents", "payment_intent");
    return named;
  }

  void addTo(StripeRoutes routes) {
    routes.onPreview("POST " + PATH, request -> create(request.form()));
    routes.onPreview("GET " + PATH + "/{id}", request -> goOn(objects.get(TYPE, request.id())));
    routes.onPreview(
        "POST " + PATH + "/{id}/validate",
        request -> begin(request, "validating", Set.of("ready", "failed")));
    routes.onPreview(
        "POST " + PATH + "/{id}/run", request -> begin(request, "redacting", Set.of("ready")));
    routes.onPreview(
        "POST " + PATH + "/{id}/cancel",
        request -> begin(request, "canceled", Set.of("ready", "failed")));
    routes.onPreview(
        "GET " + PATH + "/{id}/validation_errors",
        request -> {
          request.form().without("limit", "starting_after", "ending_before").end();
          return (ObjectNode) objects.get(TYPE, request.id()).path("validation_errors");
        });
  }

  private ObjectNode create(StripeParameters form) {
    var job = objects.shape(TYPE, "prj_");
    var wanted = form.in("objects");
    var named = job.putObject("objects");
    NAMED.forEach(
        (param, type) -> {
          var ids = wanted.texts(param);
          var array = named.putArray(param);
          for (var id : ids) {
            if (objects.find(type, id).isEmpty()) {
              throw StripeError.missingIn("objects[" + param + "]", type, id);
            }
            array.add(id);
          }
        });
    if (wanted.isEmpty()) {
      throw StripeError.requiredParameter("objects");
    }
    form.oneOf("validation_behavior", "error", "fix")
        .ifPresent(behavior -> job.put("validation_behavior", behavior));
    form.end();
    job.withObject("/validation_errors")
        .put("url", PATH + "/" + StripeObjects.id(job) + "/validation_errors");
    return objects.keep(job);
  }

  private ObjectNode begin(StripeRoutes.Request request, String status, Set<String> from) {
    request.form().end();
    var job = goOn(objects.get(TYPE, request.id()));
    if (!from.contains(job.path("status").asText())) {
      throw StripeError.invalid(
          null,
          "This redaction job is "
              + job.path("status").asText()
              + ": it would have to be "
              + String.join(" or ", from)
              + ".");
    }
    return objects.keep(job.put("status", status));
  }

  private ObjectNode goOn(ObjectNode job) {
    switch (job.path("status").asText()) {
      case "validating" -> {
        var errors = job.withObject("/validation_errors").putArray("data");
        subjects(job)
            .filter(this::isTooYoung)
            .forEach(
                object -> {
                  var error =
                      errors
                          .addObject()
                          .put("id", objects.number("prjve_"))
                          .put("object", "privacy.redaction_job_validation_error")
                          .put("code", "invalid_state")
                          .put("message", "The object is from the last 90 days.");
                  error
                      .putObject("erroring_object")
                      .put("id", StripeObjects.id(object))
                      .put("object_type", StripeObjects.type(object));
                });
        job.put("status", errors.isEmpty() ? "ready" : "failed");
      }
      case "redacting" -> {
        subjects(job).toList().forEach(this::redact);
        job.put("status", "succeeded");
      }
      default -> {}
    }
    return objects.keep(job);
  }

  /** What a job is about: the objects that it names, and of a customer all transactions. */
  private Stream<ObjectNode> subjects(ObjectNode job) {
    return NAMED.keySet().stream()
        .flatMap(param -> job.path("objects").path(param).valueStream())
        .flatMap(id -> objects.find(id.asText()).stream())
        .flatMap(object -> Stream.concat(Stream.of(object), ofCustomer(object)))
        .distinct();
  }

  private Stream<ObjectNode> ofCustomer(ObjectNode object) {
    return StripeObjects.type(object).equals("customer")
        ? TRANSACTIONS.stream()
            .flatMap(type -> objects.all(type, "customer", StripeObjects.id(object)).stream())
        : Stream.empty();
  }

  private boolean isTooYoung(ObjectNode object) {
    return TRANSACTIONS.contains(StripeObjects.type(object))
        && object.path("created").asLong() > objects.now().minus(TOO_YOUNG).getEpochSecond();
  }

  private void redact(ObjectNode object) {
    for (var field :
        List.of(
            "authorization_code",
            "billing_details",
            "customer_address",
            "customer_details",
            "customer_email",
            "customer_name",
            "customer_phone",
            "description",
            "email",
            "name",
            "payment_method_details",
            "phone",
            "receipt_email")) {
      if (object.has(field)) {
        object.putNull(field);
      }
    }
    if (object.has("metadata")) {
      object.putObject("metadata");
    }
    objects.keep(object);
    for (var event : objects.all("event")) {
      if (event.path("data").path("object").path("id").asText().equals(StripeObjects.id(object))) {
        objects.remove(event);
      }
    }
  }
}
