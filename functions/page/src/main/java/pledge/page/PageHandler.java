package pledge.page;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.RateLimits;
import pledge.http.Request;
import pledge.http.Response;
import pledge.store.Backend;
import pledge.store.Throttle.Limit;
import pledge.vault.Environment;
import pledge.vault.Snapshot;
import pledge.vault.Vault;

/** The pages that a person sees: sign-up, sign-in, confirmation. */
public final class PageHandler implements RequestStreamHandler {
  private static final Limit PAGES = new Limit("pages", 300, Duration.ofMinutes(10));

  private final HttpFunction http;
  private final RateLimits limits;
  private final Vault vault;
  private final Pages pages = new Pages();

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public PageHandler() {
    this(Environment.ofProcess());
    Snapshot.before(() -> http.rehearse("GET", "/", "", "", this::limited), vault);
  }

  /** With settings and a clock of somebody else's. */
  public PageHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private PageHandler(Environment environment) {
    http = new HttpFunction(environment);
    var backend = Backend.of(environment);
    vault = backend.vault();
    limits = new RateLimits(backend, environment.clock());
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::limited);
  }

  private Response limited(Request request) {
    return limits.limit(request, PAGES, this::route);
  }

  private Response route(Request request) {
    return switch (request.route()) {
      case "GET /" -> pages.home();
      case "GET /confirm" -> pages.confirm();
      case "GET /privacy/confirm" -> pages.confirmRequest();
      case "GET /assets/{file}" -> pages.asset(request.pathParameter("file").orElse(""));
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }
}
