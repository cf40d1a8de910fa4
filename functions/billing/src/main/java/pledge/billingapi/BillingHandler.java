package pledge.billingapi;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import pledge.billing.Checkouts.Opened;
import pledge.http.HttpFunction;
import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.store.Throttle.Limit;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Snapshot;
import pledge.vault.SubjectId;

/** {@code /billing}: what a person pays for, and the ways to Stripe's own pages. */
public final class BillingHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public BillingHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public BillingHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private BillingHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  /** What nobody pays for, by sessions of nobody's. */
  private void rehearse() {
    http.rehearseLooks(
        "/billing",
        () -> wiring.sessions().rehearse(wiring.vault(), SubjectId.random()),
        this::route);
  }

  private Response route(Request request) {
    var guard = wiring.guard();
    return switch (request.route()) {
      case "GET /billing" ->
          guard.signedInOrLeaving(
              request,
              person -> unlessErased(person, () -> BillingView.of(wiring.checkouts(), person)));
      case "POST /billing/checkout" -> guard.signedIn(request, person -> checkout(person, request));
      case "POST /billing/portal" ->
          // Who is leaving can still cancel, and see what was paid.
          guard.signedInOrLeaving(
              request,
              person ->
                  unlessErased(
                      person,
                      () ->
                          limited(
                              person,
                              Limits.PORTAL,
                              () -> wiring.checkouts().portal(person.subject()))));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  /** While data is deleted, what is left of it may be what a hold keeps that nobody may see. */
  private Response unlessErased(Sessions.SignedIn person, Supplier<Response> answer) {
    return person.leaving().isPresent() && wiring.requests().isTooLate(person.subject())
        ? Response.problem(Problem.TOO_LATE)
        : answer.get();
  }

  private Response checkout(Sessions.SignedIn person, Request request) {
    var body = JsonBody.of(request);
    var plans = wiring.checkouts().plans();
    var plan =
        body.text(
            "plan",
            "must be one of " + String.join(", ", plans),
            text -> Optional.of(text).filter(plans::contains));
    body.check();
    return limited(
        person,
        Limits.CHECKOUT,
        () -> wiring.checkouts().checkout(person.subject(), plan.orElseThrow()));
  }

  private Response limited(Sessions.SignedIn person, Limit limit, Supplier<Opened> page) {
    return wiring
        .limits()
        .limit(limit.name() + " " + person.subject(), limit, () -> answer(page.get()));
  }

  private static Response answer(Opened opened) {
    return switch (opened) {
      case Opened.At(var page) -> Response.json(201, Map.of("url", page.url()));
      case Opened.SubscribedAlready() -> Response.problem(Problem.SUBSCRIBED_ALREADY);
      case Opened.NothingThere() -> Response.problem(Problem.NEVER_SUBSCRIBED);
      // Asked for since the session was checked.
      case Opened.Leaving() -> Response.problem(Problem.LEAVING);
    };
  }
}
