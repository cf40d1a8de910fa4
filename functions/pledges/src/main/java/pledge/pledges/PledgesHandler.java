package pledge.pledges;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import pledge.http.HttpFunction;
import pledge.http.Problem;
import pledge.http.Request;
import pledge.http.Response;
import pledge.policy.PublicDocument;
import pledge.privacy.CopySchema;
import pledge.store.Throttle.Limit;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.Snapshot;

/** {@code /pledges} and {@code /privacy}: what we promise, and the evidence that it is kept. */
public final class PledgesHandler implements RequestStreamHandler {
  private static final Limit READING = new Limit("pledges", 300, Duration.ofMinutes(10));

  private final HttpFunction http;
  private final Wiring wiring;
  private final String baseUrl;

  /** For Lambda: a missing setting fails here, at start, before anybody waits for an answer. */
  public PledgesHandler() {
    this(Environment.ofProcess());
    Snapshot.before(() -> http.rehearse("GET", "/pledges", "", "", this::limited), wiring.vault());
  }

  /** With settings and a clock of somebody else's. */
  public PledgesHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private PledgesHandler(Environment environment) {
    http = new HttpFunction(environment);
    wiring = Wiring.of(environment);
    baseUrl = environment.setting("BASE_URL");
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    http.answer(event, answer, this::limited);
  }

  private Response limited(Request request) {
    return wiring.limits().limit(request, READING, this::route);
  }

  private Response route(Request request) {
    return switch (request.route()) {
      case "GET /pledges" ->
          asks(request, "application/json")
              ? Response.json(200, wiring.sheet().asJson())
              : Page.of("Pledges", PledgesPage.of(wiring.sheet()));
      case "GET /privacy" ->
          asks(request, "application/json")
              ? Response.json(200, Documents.asJson())
              : Page.of("Privacy", Documents.asHtml());
      case "GET /privacy/copy-schema.json" ->
          Response.text("application/schema+json", Json.MAPPER.toJson(CopySchema.of(baseUrl)));
      case "GET /privacy/{document}", "GET /privacy/{document}/{version}" -> document(request);
      default -> Response.problem(Problem.NOT_FOUND);
    };
  }

  private static Response document(Request request) {
    return request
        .pathParameter("document")
        .flatMap(PublicDocument::byId)
        .flatMap(
            document ->
                request
                    .pathParameter("version")
                    .map(document::version)
                    .orElseGet(() -> Optional.of(document.current())))
        .map(
            version ->
                asks(request, "text/markdown")
                    ? Response.text("text/markdown; charset=utf-8", version.text())
                    : Page.of(version.document().title(), Documents.asHtml(version)))
        .orElseGet(() -> Response.problem(Problem.NOT_FOUND));
  }

  /** Whether a program asks: browsers name HTML, and whoever names nothing gets what they get. */
  private static boolean asks(Request request, String mediaType) {
    return request
        .header("accept")
        .filter(accept -> accept.contains(mediaType) && !accept.contains("text/html"))
        .isPresent();
  }
}
