package pledge.legalhold;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.privacy.LegalHold;
import pledge.privacy.LegalHolds.Outcome;
import pledge.vault.Environment;

/** {@code /staff/legal-holds}: two members of staff have some of a person's data kept (B§3). */
public final class LegalHoldHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public LegalHoldHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public LegalHoldHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private LegalHoldHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::admit);
  }

  private Response admit(Request request) {
    return wiring.guard().admitted(request, caller -> route(request, caller));
  }

  private Response route(Request request, String caller) {
    var id = request.pathParameter("id").orElse("");
    return switch (request.route()) {
      case "POST /staff/legal-holds" -> propose(request, caller);
      case "GET /staff/legal-holds" -> LegalHoldView.all(wiring.holds().all(), now());
      case "GET /staff/legal-holds/{id}" ->
          wiring
              .holds()
              .find(id)
              .map(hold -> view(200, hold))
              .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
      case "POST /staff/legal-holds/{id}/confirmation" ->
          answer(200, wiring.holds().confirm(id, staff(caller)));
      case "DELETE /staff/legal-holds/{id}" -> answer(200, wiring.holds().end(id, staff(caller)));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response propose(Request request, String caller) {
    var form = LegalHoldForm.of(request, now());
    return answer(201, wiring.holds().propose(staff(caller), form.person(), form.terms()));
  }

  private Response answer(int status, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(var hold) -> view(status, hold);
      case Outcome.Unknown() -> Response.problem(Problem.NOT_FOUND);
      case Outcome.OwnProposal() -> Response.problem(Problem.OWN_PROPOSAL);
      case Outcome.AlreadyConfirmed() -> Response.problem(Problem.HOLD_CONFIRMED);
      case Outcome.Over() -> Response.problem(Problem.HOLD_OVER);
    };
  }

  private Response view(int status, LegalHold hold) {
    var response = LegalHoldView.one(status, hold, now());
    return status == 201
        ? response.header("location", "/staff/legal-holds/" + hold.id())
        : response;
  }

  private Instant now() {
    return wiring.clock().instant();
  }

  /** What stands in the audit for whom IAM knows: always the same, and nobody's name. */
  private String staff(String caller) {
    return wiring.vault().blindIndex("staff", caller);
  }
}
