package pledge.account;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.AcceptedPolicies;
import pledge.http.HttpFunction;
import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Snapshot;
import pledge.vault.SubjectId;
import pledge.vault.Token;

/** {@code /account}: what a person who is signed in sees of their account, and decides on it. */
public final class AccountHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public AccountHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public AccountHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private AccountHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  /** What nobody accepted, by sessions of nobody's. */
  private void rehearse() {
    http.rehearseLooks("/account/policies", this::nobody, this::route);
  }

  private Token nobody() {
    var nobody = SubjectId.random();
    var session = wiring.sessions().rehearse(wiring.vault(), nobody);
    wiring.policies().rehearse(nobody);
    return session;
  }

  private Response route(Request request) {
    return switch (request.route()) {
      case "GET /account/policies" ->
          wiring
              .guard()
              .signedIn(request, person -> PoliciesView.of(wiring.policies(), person.subject()));
      case "POST /account/policies" ->
          wiring.guard().signedIn(request, person -> accept(person, request));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response accept(Sessions.SignedIn person, Request request) {
    var body = JsonBody.of(request);
    var policies = AcceptedPolicies.read(body);
    body.check();
    policies.forEach(policy -> wiring.policies().accept(person.subject(), policy));
    return Response.noContent();
  }
}
