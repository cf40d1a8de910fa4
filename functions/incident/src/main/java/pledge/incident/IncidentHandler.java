package pledge.incident;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.HttpFunction;
import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.privacy.Incidents.Outcome;
import pledge.vault.Environment;

/** {@code /staff/incidents}: staff open incidents, follow them and close them. */
public final class IncidentHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public IncidentHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public IncidentHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private IncidentHandler(Environment environment) {
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
    return switch (request.route()) {
      case "POST /staff/incidents" -> open(request, caller);
      case "GET /staff/incidents" -> wiring.view().all(wiring.incidents().all());
      case "GET /staff/incidents/{id}" ->
          wiring
              .incidents()
              .find(id(request))
              .map(incident -> wiring.view().one(200, incident))
              .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
      case "PATCH /staff/incidents/{id}" -> change(request, caller);
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response open(Request request, String caller) {
    var opened = IncidentForm.opening(request, wiring.clock().instant());
    var incident = wiring.incidents().open(staff(caller), opened);
    return wiring.view().one(201, incident).header("location", "/staff/incidents/" + incident.id());
  }

  private Response change(Request request, String caller) {
    var change = IncidentForm.change(request, wiring.clock().instant());
    return switch (wiring.incidents().change(id(request), staff(caller), change)) {
      case Outcome.Changed(var incident) -> wiring.view().one(200, incident);
      case Outcome.Unknown() -> Response.problem(Problem.NOT_FOUND);
      case Outcome.AlreadyClosed() -> Response.problem(Problem.INCIDENT_CLOSED);
      case Outcome.StillTelling() -> Response.problem(Problem.STILL_TELLING);
      case Outcome.Unfitting(var field, var rule) -> throw JsonBody.refusal(field, rule);
    };
  }

  private static String id(Request request) {
    return request.pathParameter("id").orElse("");
  }

  /** What stands in the audit for whom IAM knows: always the same, and nobody's name. */
  private String staff(String caller) {
    return wiring.vault().blindIndex("staff", caller);
  }
}
