package pledge.page;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.vault.Environment;
import pledge.vault.Snapshot;

/**
 * The pages that a person sees: sign-up, sign-in, confirmation, the privacy notices. They are the
 * same for everybody, so nothing is read and nothing is counted: the gateway's own rate is enough,
 * and no visitor's address is looked at.
 */
public final class PageHandler implements RequestStreamHandler {
  private final HttpFunction http;
  private final Pages pages = new Pages();

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public PageHandler() {
    this(Environment.ofProcess());
    Snapshot.before(() -> http.rehearse("GET", "/", "", "", this::route));
  }

  /** With settings and a clock of somebody else's. */
  public PageHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private PageHandler(Environment environment) {
    http = new HttpFunction(environment);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::route);
  }

  private Response route(Request request) {
    return switch (request.route()) {
      case "GET /" -> pages.home();
      case "GET /confirm" -> pages.confirm();
      case "GET /assets/{file}" -> pages.asset(request.pathParameters().getOrDefault("file", ""));
      case "GET /privacy/{document}" ->
          pages.privacy(request.pathParameters().getOrDefault("document", ""));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }
}
