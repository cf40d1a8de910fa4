package pledge.assistantapi;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import pledge.assistant.Assistants.Outcome;
import pledge.http.HttpFunction;
import pledge.http.JsonBody;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.subject.Sessions;
import pledge.vault.Environment;
import pledge.vault.Snapshot;
import pledge.vault.SubjectId;

/** {@code /assistant}: how a person's own assistant stands, and how they want it to be. */
public final class AssistantHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public AssistantHandler() {
    this(Environment.ofProcess());
    Snapshot.before(this::rehearse, wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public AssistantHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private AssistantHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  /** The assistant that nobody has, by sessions of nobody's. */
  private void rehearse() {
    http.rehearseLooks(
        "/assistant",
        () -> wiring.sessions().rehearse(wiring.vault(), SubjectId.random()),
        this::route);
  }

  private Response route(Request request) {
    var guard = wiring.guard();
    return switch (request.route()) {
      case "GET /assistant" ->
          guard.signedInOrLeaving(
              request, person -> wiring.view().of(wiring.assistants().of(person.subject())));
      case "GET /assistant/token" ->
          guard.signedInLately(
              request, person -> AssistantView.token(wiring.assistants().of(person.subject())));
      case "PATCH /assistant" -> guard.signedIn(request, person -> change(person, request));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private Response change(Sessions.SignedIn person, Request request) {
    var form = SettingsForm.read(request);
    return wiring
        .limits()
        .limit("assistant " + person.subject(), Limits.CHANGE, () -> change(person, form));
  }

  private Response change(Sessions.SignedIn person, SettingsForm form) {
    var outcome = wiring.assistants().change(person.subject(), form.revision(), form::change);
    return switch (outcome) {
      case Outcome.Changed(var assistant) -> wiring.view().of(Optional.of(assistant));
      case Outcome.Absent() -> Response.problem(Problem.NOT_FOUND);
      case Outcome.Ending() -> Response.problem(Problem.ASSISTANT_ENDS);
      case Outcome.ChangedMeanwhile() -> Response.problem(Problem.CHANGED_MEANWHILE);
      case Outcome.TooMuch() ->
          throw JsonBody.refusal(
              "instructions", "must be shorter: all settings together have 5,000 bytes at most");
    };
  }
}
