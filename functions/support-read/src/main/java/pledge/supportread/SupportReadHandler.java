package pledge.supportread;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.ProblemException;
import pledge.http.Request;
import pledge.http.Response;
import pledge.privacy.StaffReads.Answer;
import pledge.vault.Environment;

/** {@code POST /staff/support-grants/{id}/reads}: staff look as far as a grant goes. */
public final class SupportReadHandler implements RequestStreamHandler {
  private static final Pattern GRANT = Pattern.compile("[A-Za-z0-9_-]{22}");

  private final HttpFunction http;
  private final Wiring wiring;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public SupportReadHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public SupportReadHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private SupportReadHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(
        event, answer, request -> wiring.guard().admitted(request, who -> route(request, who)));
  }

  private Response route(Request request, String caller) {
    return request.route().equals("POST /staff/support-grants/{id}/reads")
        ? read(request, caller)
        : Response.problem(Problem.NOT_FOUND);
  }

  private Response read(Request request, String caller) {
    var grant =
        request
            .pathParameter("id")
            .filter(id -> GRANT.matcher(id).matches())
            .orElseThrow(() -> new ProblemException(Problem.NOT_FOUND));
    var look = LookForm.read(request, grant, wiring.vault().blindIndex("staff", caller));
    return switch (wiring.reads().read(look)) {
      case Answer.Seen seen -> RecordsView.of(look, seen);
      case Answer.Refused() -> Response.problem(Problem.NOT_GRANTED);
    };
  }
}
