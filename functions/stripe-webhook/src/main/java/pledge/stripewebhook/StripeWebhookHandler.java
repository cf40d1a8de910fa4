package pledge.stripewebhook;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import pledge.billing.StripeEvent;
import pledge.http.HttpFunction;
import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.store.Throttle.Limit;
import pledge.vault.Environment;
import pledge.vault.Snapshot;

/**
 * {@code POST /webhooks/stripe}: Stripe tells of something. It is told that we have it (204) once
 * the number of its message is written, which the table's stream carries on from there.
 */
public final class StripeWebhookHandler implements RequestStreamHandler {
  /** Bytes, at most; {@code template.yaml} lets the parser read as much, in Base64 too. */
  static final int LARGEST = 192 * 1024;

  /**
   * Of requests that are not Stripe's. What Stripe signed is never counted: whoever sends much of
   * what it did not, from wherever, keeps no message of Stripe's away.
   */
  private static final Limit UNSIGNED = new Limit("unsigned", 60, Duration.ofMinutes(10));

  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public StripeWebhookHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.backend().vault());
  }

  /** With settings and a clock of somebody else's. */
  public StripeWebhookHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private StripeWebhookHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  private Response route(Request request) {
    if (!request.route().equals("POST /webhooks/stripe")) {
      return Response.problem(Problem.NOT_FOUND);
    }
    if (request.body().length > LARGEST) {
      return Response.problem(Problem.TOO_LARGE);
    }
    var signature = request.header("stripe-signature").orElse("");
    if (!wiring.signatures().isOf(request.body(), signature)) {
      return wiring.limits().limit(request, UNSIGNED, _ -> Response.problem(Problem.NOT_SIGNED));
    }
    return EventNumber.in(request.body())
        .map(this::keep)
        // Signed, and no message of this kind: an endpoint that is set up for another.
        .orElseThrow(() -> JsonBody.refusal("id", "must be the number of an event"));
  }

  /** Of a message that came before nothing is written, and it is there all the same. */
  private Response keep(String number) {
    StripeEvent.note(wiring.backend().store(), number, wiring.clock().instant());
    return Response.noContent();
  }

  /** All but the write, which somebody could notice. */
  private void rehearse() {
    wiring.signatures().rehearse();
    EventNumber.in("{\"id\": \"evt_rehearsal\"}".getBytes(StandardCharsets.UTF_8));
    http.rehearse("POST", "/webhooks/stripe", "{}", "", this::route);
  }
}
