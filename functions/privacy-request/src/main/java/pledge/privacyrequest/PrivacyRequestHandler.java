package pledge.privacyrequest;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.ProblemException;
import pledge.http.Request;
import pledge.http.Response;
import pledge.privacy.Jwk;
import pledge.privacy.Receipt;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Snapshot;
import pledge.vault.SubjectId;

/** {@code /privacy}: what people ask us about their data, how far it is, and what came of it. */
public final class PrivacyRequestHandler implements RequestStreamHandler {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public PrivacyRequestHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public PrivacyRequestHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private PrivacyRequestHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  /** The requests of nobody, by sessions of nobody's. */
  private void rehearse() {
    http.rehearseLooks(
        "/privacy/requests",
        () -> wiring.sessions().rehearse(wiring.vault(), SubjectId.random()),
        this::route);
  }

  private Response route(Request request) {
    var guard = wiring.guard();
    return switch (request.route()) {
      case "GET /privacy/requests" ->
          guard.signedInOrLeaving(request, person -> wiring.view().all(person.subject()));
      case "POST /privacy/exports" ->
          guard.signedInLately(
              request,
              person ->
                  wiring
                      .limits()
                      .limit("export " + person.subject(), Limits.EXPORT, () -> export(person)));
      case "POST /privacy/erasures" ->
          guard.signedInLately(
              request,
              person ->
                  wiring
                      .limits()
                      .limit("erasure " + person.subject(), Limits.ERASURE, () -> erase(person)));
      case "DELETE /privacy/erasures/{id}" ->
          guard.signedInLately(request, person -> takeBack(person, request));
      case "POST /privacy/requests/confirmation" ->
          wiring.limits().limit(request, Limits.CONFIRMATION, this::confirm);
      case "GET /privacy/receipts/{id}" ->
          wiring.limits().limit(request, Limits.RECEIPT, this::receipt);
      case "GET /.well-known/jwks.json" ->
          wiring.limits().limit(request, Limits.RECEIPT, _ -> keys());
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response erase(Sessions.SignedIn person) {
    return accepted(person, wiring.requests().erase(person.subject()));
  }

  private Response export(Sessions.SignedIn person) {
    return wiring.requests().isTooLate(person.subject())
        ? Response.problem(Problem.TOO_LATE)
        : accepted(person, wiring.requests().export(person.subject()));
  }

  private Response accepted(Sessions.SignedIn person, String id) {
    return wiring
        .view()
        .one(person.subject(), id)
        .map(view -> Response.json(202, view).header("location", "/privacy/requests"))
        .orElseThrow();
  }

  private Response takeBack(Sessions.SignedIn person, Request request) {
    return switch (wiring.requests().takeBack(person.subject(), id(request))) {
      case TAKEN_BACK -> Response.noContent();
      case TOO_LATE -> Response.problem(Problem.TOO_LATE);
      case UNKNOWN -> Response.problem(Problem.NOT_FOUND);
    };
  }

  /** By a link that was mailed: whoever reads the account's mail need not sign in. */
  private Response confirm(Request request) {
    var form = ConfirmationForm.read(request);
    return wiring.mailed().confirm(form.kind(), form.token())
        ? Response.noContent()
        : Response.problem(Problem.LINK_DID_NOT_WORK);
  }

  /**
   * For whoever holds its id, which nobody can guess. The receipt takes its request's place at
   * once: looked for last, it is not missed.
   */
  private Response receipt(Request request) {
    var id = id(request);
    return Receipt.expectedBy(wiring.store(), id)
        .flatMap(person -> wiring.view().one(person, id))
        .map(view -> Response.json(202, view))
        .or(() -> Receipt.of(wiring.store(), id).map(ReceiptView::of))
        .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
  }

  /** RFC 7517 §5. */
  private Response keys() {
    return Response.json(200, Map.of("keys", List.of(Jwk.of(wiring.key().publicKey()).json())));
  }

  private static String id(Request request) {
    return request
        .pathParameter("id")
        .filter(id -> ID.matcher(id).matches())
        .orElseThrow(() -> new ProblemException(Problem.NOT_FOUND));
  }
}
