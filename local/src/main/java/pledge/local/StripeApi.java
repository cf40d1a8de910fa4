package pledge.local;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Stripe's HTTP API: who may ask, what for, and that nothing is done twice under one key. */
final class StripeApi implements Site {
  private final String key;
  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeRoutes routes;
  private final StripeAnswers answers;
  private final StripeIdempotency idempotency;

  StripeApi(
      String key,
      StripeObjects objects,
      StripeEvents events,
      StripeRoutes routes,
      StripeIdempotency idempotency) {
    this.key = key;
    this.objects = objects;
    this.events = events;
    this.routes = routes;
    this.answers = new StripeAnswers(objects);
    this.idempotency = idempotency;
  }

  @Override
  public Answer answer(Call call) {
    var number = objects.number("req_");
    Answer answer;
    try {
      answer = carryOut(call, number);
    } catch (StripeError e) {
      answer = e.answer();
    }
    return answer
        .with("Request-Id", number)
        .with("Stripe-Version", version(call))
        .with("Cache-Control", "no-cache, no-store");
  }

  private Answer carryOut(Call call, String number) {
    authenticate(call);
    var match = routes.find(call.method(), call.path()).orElseThrow(() -> unrecognized(call));
    if (match.preview() && !version(call).endsWith(".preview")) {
      throw StripeError.invalid(
          null, "This API is in preview: send a Stripe-Version that ends with .preview to use it.");
    }
    checkForm(call);
    var form = StripeParameters.of(call);
    synchronized (objects) {
      var name = call.header("Idempotency-Key").filter(_ -> call.method().equals("POST"));
      if (name.isEmpty()) {
        return answer(match, form, number, Optional.empty());
      }
      return idempotency.once(
          name.get(), call.path() + " " + form, () -> answer(match, form, number, name));
    }
  }

  private Answer answer(
      StripeRoutes.Match match,
      StripeParameters form,
      String number,
      Optional<String> idempotencyKey) {
    events.causedBy(number, idempotencyKey.orElse(null));
    var expand = form.texts("expand");
    var object = match.endpoint().answer(new StripeRoutes.Request(match.ids(), form));
    // An endpoint that knows no parameters refuses them here.
    form.end();
    return Answer.json(200, answers.answer(object, expand));
  }

  private void authenticate(Call call) {
    var sent = call.header("Authorization").flatMap(StripeApi::credential);
    if (sent.isEmpty()) {
      throw unauthorized(
          "You did not provide an API key. You need to provide your API key in the Authorization"
              + " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
    }
    if (!sent.get().equals(key)) {
      throw unauthorized(
          "Invalid API Key provided: ****"
              + sent.get().substring(Math.max(0, sent.get().length() - 4)));
    }
  }

  /** A bearer, or the name of basic authentication, as the documentation's curl sends it. */
  private static Optional<String> credential(String header) {
    if (header.startsWith("Bearer ")) {
      return Optional.of(header.substring("Bearer ".length()).strip());
    }
    if (header.startsWith("Basic ")) {
      try {
        var pair =
            new String(
                Base64.getDecoder().decode(header.substring("Basic ".length()).strip()),
                StandardCharsets.UTF_8);
        return Optional.of(pair.split(":", 2)[0]);
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static void checkForm(Call call) {
    if (call.body().length > 0 && !call.mediaType().equals("application/x-www-form-urlencoded")) {
      throw StripeError.invalid(
          null, "Invalid request: the body of /v1 requests is application/x-www-form-urlencoded.");
    }
  }

  private static String version(Call call) {
    return call.header("Stripe-Version").orElse(StripeEvents.API_VERSION);
  }

  private static StripeError unauthorized(String message) {
    return new StripeError(401, "invalid_request_error", null, null, message);
  }

  private static StripeError unrecognized(Call call) {
    return new StripeError(
        404,
        "invalid_request_error",
        null,
        null,
        "Unrecognized request URL (" + call.method() + ": " + call.path() + ").");
  }
}
