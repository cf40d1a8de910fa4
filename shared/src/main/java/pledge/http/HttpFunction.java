package pledge.http;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.Token;
import pledge.vault.UnavailableException;

/**
 * What every function behind the HTTP API does: read the event, check the origin, answer problems,
 * add the headers that all answers carry. What is nobody's mistake but ours propagates, so that
 * alarms fire.
 */
public final class HttpFunction {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFunction.class);

  /** Characters of the longest text that the parser reads; only a body can be longer. */
  private static final int LONGEST_TEXT = 32_768;

  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

  /** What every answer carries that does not say otherwise. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "strict-transport-security",
          "max-age=63072000; includeSubDomains",
          "x-content-type-options",
          "nosniff",
          "referrer-policy",
          "no-referrer",
          "cache-control",
          "no-store",
          "content-security-policy",
          "default-src 'none'; frame-ancestors 'none'");

  /** What is run some hundred times is compiled: then it is so before the snapshot. */
  private static final int REHEARSALS = 8;

  private final String baseUrl;

  public HttpFunction(Environment environment) {
    baseUrl = environment.setting("BASE_URL");
  }

  /** Answers one event. */
  public void answer(InputStream in, OutputStream out, Function<Request, Response> routes)
      throws IOException {
    var event = in.readAllBytes();
    Request request;
    try {
      request = Request.of(Json.MAPPER.map().fromJson(event));
    } catch (JsonException | IllegalArgumentException e) {
      if (event.length > LONGEST_TEXT && e instanceof JsonDataException) {
        LOG.info("unread 413: an event of {} bytes", event.length);
        write(Response.problem(Problem.TOO_LARGE), out);
        return;
      }
      // The parser's message repeats what it read, and the runtime logs all that is thrown.
      throw new IllegalStateException("an event of " + event.length + " bytes is no request");
    }
    var response = answer(request, routes);
    if (response.status() >= 400) {
      // The rest stands in the API's log: a line here would cost a fifteenth of a session's read.
      LOG.info("{} {} {}", request.route(), response.status(), request.id());
    }
    write(response, out);
  }

  /** Answers an event that nobody sent, for instance before a snapshot. */
  public void rehearse(
      String method, String path, String body, String cookie, Function<Request, Response> routes) {
    Map<String, Object> event =
        Map.of(
            "routeKey",
            method + " " + path,
            "headers",
            Map.of("content-type", "application/json"),
            "cookies",
            List.of(cookie),
            "body",
            body,
            "requestContext",
            Map.of(
                "requestId",
                "rehearsal",
                "timeEpoch",
                0,
                "http",
                // TEST-NET-1 (RFC 5737): nobody's address.
                Map.of("method", method, "sourceIp", "192.0.2.1")));
    try {
      answer(
          new ByteArrayInputStream(Json.MAPPER.map().toJsonBytes(event)),
          OutputStream.nullOutputStream(),
          routes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Answers looks at a page by people who are nobody.
   *
   * @param sessions opens one more of nobody's
   */
  public void rehearseLooks(
      String path, Supplier<Token> sessions, Function<Request, Response> routes) {
    for (var session = 0; session < REHEARSALS; session++) {
      var cookie = Cookies.SESSION + "=" + sessions.get().text();
      for (var look = 0; look < REHEARSALS; look++) {
        rehearse("GET", path, "", cookie, routes);
      }
    }
  }

  private Response answer(Request request, Function<Request, Response> routes) {
    try {
      if (!SAFE_METHODS.contains(request.method()) && !isFromOurOrigin(request)) {
        return Response.problem(Problem.OTHER_ORIGIN);
      }
      return routes.apply(request);
    } catch (ProblemException e) {
      return e.response();
    } catch (UnavailableException e) {
      LOG.warn("{}: {}", e.getMessage(), e.reason());
      return Response.problem(Problem.UNAVAILABLE, Duration.ofSeconds(1));
    }
  }

  /**
   * Whether our own pages sent it (Fetch Metadata, W3C). Programs send neither header, and carry no
   * cookies of a browser's.
   */
  private boolean isFromOurOrigin(Request request) {
    return request
        .header("origin")
        .map(baseUrl::equals)
        .orElseGet(
            () ->
                request
                    .header("sec-fetch-site")
                    .map(site -> site.equals("same-origin") || site.equals("none"))
                    .orElse(true));
  }

  private static void write(Response response, OutputStream out) {
    HEADERS.forEach(response::headerIfAbsent);
    try (var json = Json.STREAM.writer(out)) {
      json.beginObject();
      json.name("statusCode");
      json.value(response.status());
      json.name("headers");
      json.beginObject();
      response
          .headers()
          .forEach(
              (name, value) -> {
                json.name(name);
                json.value(value);
              });
      json.endObject();
      json.name("cookies");
      json.beginArray();
      response.cookies().forEach(json::value);
      json.endArray();
      json.name("body");
      json.value(response.body());
      if (response.isBase64()) {
        json.name("isBase64Encoded");
        json.value(true);
      }
      json.endObject();
    }
  }
}
