package pledge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.UnavailableException;

final class HttpFunctionTest {
  private static final String BASE_URL = "https://pledge.example";

  private final HttpFunction http =
      new HttpFunction(new Environment(Map.of("BASE_URL", BASE_URL), InstantSource.system()));

  @ParameterizedTest
  @CsvSource({
    // method, Origin, Sec-Fetch-Site, let in
    "POST, , , true",
    "POST, https://pledge.example, , true",
    "POST, https://pledge.example, same-origin, true",
    "POST, https://pledge.example, cross-site, true",
    "POST, https://evil.example, , false",
    "POST, https://evil.example, same-origin, false",
    "POST, https://pledge.example.evil.example, , false",
    "POST, https://pledge.example/, , false",
    "POST, http://pledge.example, , false",
    "POST, https://PLEDGE.example, , false",
    "POST, null, , false",
    "POST, '', , false",
    "POST, , same-origin, true",
    "POST, , none, true",
    "POST, , same-site, false",
    "POST, , cross-site, false",
    "POST, , '', false",
    "PUT, https://evil.example, , false",
    "PATCH, https://evil.example, , false",
    "DELETE, https://evil.example, , false",
    "QUERY, https://evil.example, , false",
    "get, https://evil.example, , false",
    "GET, https://evil.example, cross-site, true",
    "HEAD, https://evil.example, cross-site, true",
    "OPTIONS, https://evil.example, cross-site, true"
  })
  void letsUnsafeMethodsInFromOurOriginOnly(
      String method, @Nullable String origin, @Nullable String site, boolean letIn) {
    var headers = new HashMap<String, String>();
    if (origin != null) {
      headers.put("origin", origin);
    }
    if (site != null) {
      headers.put("sec-fetch-site", site);
    }
    var asked = new AtomicBoolean();
    var answer =
        answer(
            event(method, headers, ""),
            request -> {
              asked.set(true);
              return Response.noContent();
            });

    assertThat(asked.get()).isEqualTo(letIn);
    assertThat(status(answer)).isEqualTo(letIn ? 204 : 403);
  }

  @Test
  void sendsItsSecurityHeadersWithEveryAnswer() {
    for (var answer :
        List.of(
            answer(event("GET"), request -> Response.noContent()),
            answer(event("GET"), request -> Response.json(200, Map.of("a", 1))),
            answer(event("GET"), request -> Response.problem(Problem.NOT_FOUND)),
            answer(
                event("GET"),
                request -> {
                  throw new ProblemException(Problem.NOT_JSON);
                }),
            answer(
                event("GET"),
                request -> {
                  throw new UnavailableException("KMS", new IllegalStateException());
                }),
            answer(
                event("POST", Map.of("origin", "https://evil.example"), ""),
                request -> Response.noContent()))) {
      assertThat(headers(answer))
          .containsEntry("strict-transport-security", "max-age=63072000; includeSubDomains")
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("referrer-policy", "no-referrer")
          .containsEntry("cache-control", "no-store")
          .containsEntry("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    }
  }

  @Test
  void letsARouteSetAHeaderOfItsOwn() {
    var answer =
        answer(
            event("GET"),
            request ->
                Response.html("<p>").header("content-security-policy", "default-src 'self'"));

    assertThat(headers(answer)).containsEntry("content-security-policy", "default-src 'self'");
  }

  @Test
  void sendsCookiesApart() {
    var answer = answer(event("GET"), request -> Response.noContent().cookie("a=1").cookie("b=2"));

    assertThat(answer.get("cookies")).isEqualTo(List.of("a=1", "b=2"));
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatIsWrongAsAProblem(Problem problem) {
    var answer = answer(event("GET"), request -> Response.problem(problem));

    assertThat(status(answer)).isEqualTo(problem.status());
    assertThat(headers(answer)).containsEntry("content-type", "application/problem+json");
    assertThat(Answers.json(String.valueOf(answer.get("body"))))
        .containsOnlyKeys("type", "title", "status")
        .containsEntry("title", problem.title())
        .containsEntry("type", problem.type());
    assertThat(problem.type()).matches("urn:pledge:problem:[a-z-]+");
    assertThat(problem.status()).isBetween(400, 599).isNotEqualTo(500);
  }

  @Test
  void saysWhenToTryAgainInWholeSecondsRoundedUp() {
    assertThat(Response.problem(Problem.TOO_MANY_REQUESTS, Duration.ofMillis(1_001)).headers())
        .containsEntry("retry-after", "2");
    assertThat(Response.problem(Problem.TOO_MANY_REQUESTS, Duration.ofSeconds(2)).headers())
        .containsEntry("retry-after", "2");
    assertThat(Response.problem(Problem.TOO_MANY_REQUESTS, Duration.ofMillis(1)).headers())
        .containsEntry("retry-after", "1");
    assertThat(Response.problem(Problem.TOO_MANY_REQUESTS, Duration.ZERO).headers())
        .containsEntry("retry-after", "1");
  }

  @Test
  void answersThatItIsUnavailableAndWhenToTryAgain() {
    var answer =
        answer(
            event("GET"),
            request -> {
              throw new UnavailableException("KMS", new IllegalStateException("a-mark"));
            });

    assertThat(status(answer)).isEqualTo(503);
    assertThat(headers(answer)).containsEntry("retry-after", "1");
    assertThat(String.valueOf(answer.get("body"))).doesNotContain("a-mark");
  }

  @Test
  void letsSurprisesPropagateSoThatAlarmsFire() {
    var surprise = new IllegalStateException("a surprise");

    assertThatThrownBy(
            () ->
                answer(
                    event("GET"),
                    request -> {
                      throw surprise;
                    }))
        .isSameAs(surprise);
  }

  @Test
  void refusesABodyOfAnySizeAsTooLarge() {
    for (var size : List.of(17_000, 40_000, 100_000, 1_000_000)) {
      var answer =
          answer(
              event("POST", Map.of("content-type", "application/json"), "x".repeat(size)),
              request -> {
                JsonBody.of(request);
                return Response.noContent();
              });

      assertThat(status(answer)).as("%d bytes", size).isEqualTo(413);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{\"body\": \"a-mark\"",
        "{\"body\": \"a-mark\" a-mark",
        "{\"body\": \"a-mark\\x\"}",
        "{\"isBase64Encoded\": \"a-mark\"}",
        "{\"cookies\": {\"a-mark\": \"a-mark\"}}"
      })
  void failsOnAnEventThatIsNoneAndRepeatsNothingOfIt(String event) {
    var failure =
        catchThrowable(
            () ->
                http.answer(
                    new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
                    new ByteArrayOutputStream(),
                    request -> Response.noContent()));

    assertThat(failure).isNotNull();
    // All that Lambda's runtime would log.
    assertThat(Throwables.getStackTrace(failure)).doesNotContain("mark");
  }

  @Test
  void logsNothingOfARequest() {
    var event =
        event(
            "POST",
            Map.of("user-agent", "a-mark", "cookie", "a-mark", "origin", BASE_URL),
            "{\"a-mark\": \"a-mark\"}");
    event.put("cookies", List.of("__Host-session=a-mark"));
    event.put("rawQueryString", "a-mark");
    event.put("rawPath", "/a-mark");
    event.put("pathParameters", Map.of("id", "a-mark"));
    event.put(
        "requestContext",
        Map.of(
            "requestId",
            "the-request-id",
            "http",
            Map.of("method", "POST", "sourceIp", "a-mark", "path", "/a-mark")));
    var log =
        logged(
            () -> {
              answer(event, request -> Response.json(200, request.cookies()));
              answer(event, request -> Response.problem(Problem.NOT_FOUND));
              answer(
                  event,
                  request -> {
                    throw new UnavailableException("KMS", new IllegalStateException("a-mark"));
                  });
            });

    assertThat(log)
        .contains("POST /x 404 the-request-id")
        .contains("POST /x 503 the-request-id")
        .doesNotContain("POST /x 200")
        .doesNotContain("a-mark");
  }

  @Test
  void namesTheSettingThatIsMissing() {
    var environment = new Environment(Map.of(), InstantSource.system());

    assertThatThrownBy(() -> new HttpFunction(environment)).hasMessageContaining("BASE_URL");
  }

  @Test
  void rehearsesTheRealPath() {
    var asked = new AtomicBoolean();
    http.rehearse(
        "POST",
        "/x",
        "{}",
        "a=1",
        request -> {
          JsonBody.of(request).check();
          asked.set(request.cookie("a").isPresent() && request.route().equals("POST /x"));
          return Response.noContent();
        });

    assertThat(asked).isTrue();
  }

  private static String logged(Runnable deed) {
    var out = System.out;
    var err = System.err;
    var bytes = new ByteArrayOutputStream();
    var all = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(all);
    System.setErr(all);
    try {
      deed.run();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Map<String, Object> answer(
      Map<String, Object> event, Function<Request, Response> routes) {
    var out = new ByteArrayOutputStream();
    try {
      var json = Json.MAPPER.map().toJsonBytes(event);
      http.answer(new ByteArrayInputStream(json), out, routes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answers.json(out.toString(StandardCharsets.UTF_8));
  }

  private static long status(Map<String, Object> answer) {
    return ((Number) Objects.requireNonNull(answer.get("statusCode"))).longValue();
  }

  @SuppressWarnings("unchecked") // A header's value is a text.
  private static Map<String, Object> headers(Map<String, Object> answer) {
    return (Map<String, Object>) Objects.requireNonNull(answer.get("headers"));
  }

  private static Map<String, Object> event(String method) {
    return event(method, Map.of(), "");
  }

  private static Map<String, Object> event(
      String method, Map<String, String> headers, String body) {
    return new HashMap<>(
        Map.of(
            "routeKey",
            method + " /x",
            "headers",
            headers,
            "body",
            body,
            "requestContext",
            Map.of("http", Map.of("method", method))));
  }
}
