package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class HttpApiTest {
  private static Machine machine;

  @BeforeAll
  static void start() {
    machine = Sample.start();
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @Test
  void namesVersionRouteAndRawPath() {
    var event = event("/things/a%2Fb?x=1&x=2&y=%20z&empty");

    assertThat(event.path("version").asText()).isEqualTo("2.0");
    assertThat(event.path("routeKey").asText()).isEqualTo("GET /things/{id}");
    assertThat(event.path("rawPath").asText()).isEqualTo("/things/a%2Fb");
    assertThat(event.path("rawQueryString").asText()).isEqualTo("x=1&x=2&y=%20z&empty");
    assertThat(event.path("isBase64Encoded").asBoolean()).isFalse();
    assertThat(event.has("body")).isFalse();
  }

  @Test
  void decodesPathParameters() {
    assertThat(event("/things/a%2Fb").path("pathParameters"))
        .isEqualTo(Json.parse("{\"id\":\"a/b\"}"));
  }

  @Test
  void joinsRepeatedQueryParameters() {
    assertThat(event("/things/1?x=1&x=2&y=%20z").path("queryStringParameters"))
        .isEqualTo(Json.parse("{\"x\":\"1,2\",\"y\":\" z\"}"));
  }

  @Test
  void leavesOutWhatIsEmpty() {
    var event = event("/");

    assertThat(event.has("queryStringParameters")).isFalse();
    assertThat(event.has("pathParameters")).isFalse();
    assertThat(event.has("cookies")).isFalse();
  }

  @Test
  void lowersAndJoinsHeaders() {
    var answer =
        Sample.send(
            machine.api().resolve("/"),
            request -> request.header("X-Two", "a").header("X-Two", "b"));

    assertThat(eventOf(answer.body()).path("headers").path("x-two").asText()).isEqualTo("a,b");
  }

  @Test
  void listsCookiesApartFromHeaders() {
    var answer =
        Sample.send(machine.api().resolve("/"), request -> request.header("Cookie", "a=1; b=2"));
    var event = eventOf(answer.body());

    assertThat(event.path("cookies")).isEqualTo(Json.parse("[\"a=1\",\"b=2\"]"));
    assertThat(event.path("headers").has("cookie")).isFalse();
  }

  @Test
  void describesTheRequestInItsContext() {
    var context = event("/").path("requestContext");

    assertThat(context.path("accountId").asText()).isEqualTo("000000000000");
    assertThat(context.path("http").path("method").asText()).isEqualTo("GET");
    assertThat(context.path("http").path("path").asText()).isEqualTo("/");
    assertThat(context.path("http").path("protocol").asText()).isEqualTo("HTTP/1.1");
    assertThat(context.path("http").path("sourceIp").asText()).isEqualTo("127.0.0.1");
    assertThat(context.path("http").path("userAgent").asText()).startsWith("Java-http-client");
    assertThat(context.path("stage").asText()).isEqualTo("$default");
    assertThat(context.path("time").asText()).isEqualTo("01/Mar/2026:12:00:00 +0000");
    assertThat(context.path("timeEpoch").asLong()).isEqualTo(Sample.NOON.toEpochMilli());
    assertThat(context.path("requestId").asText()).isNotEmpty();
  }

  @Test
  void passesJsonOnAsText() {
    var answer =
        Sample.post(machine.api().resolve("/echo"), "application/json; charset=utf-8", "{\"a\":1}");
    var event = eventOf(answer.body());

    assertThat(event.path("body").asText()).isEqualTo("{\"a\":1}");
    assertThat(event.path("isBase64Encoded").asBoolean()).isFalse();
  }

  @Test
  void encodesForms() {
    var event =
        eventOf(
            Sample.post(machine.api().resolve("/echo"), "application/x-www-form-urlencoded", "a=1")
                .body());

    assertThat(
            new String(
                Base64.getDecoder().decode(event.path("body").asText()),
                java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("a=1");
    assertThat(event.path("isBase64Encoded").asBoolean()).isTrue();
  }

  @Test
  void prefersTheMoreSpecificRoute() {
    assertThat(event("/things/special").path("routeKey").asText()).isEqualTo("GET /things/special");
  }

  @Test
  void givesTheRestOfThePathToAGreedyParameter() {
    var answer = Sample.send(machine.api().resolve("/files/a/b/c"), request -> request.DELETE());
    var event = eventOf(answer.body());

    assertThat(event.path("routeKey").asText()).isEqualTo("ANY /files/{path+}");
    assertThat(event.path("pathParameters").path("path").asText()).isEqualTo("a/b/c");
  }

  @Test
  void answersNotFoundWithoutARoute() {
    var answer = Sample.get(machine.api().resolve("/nowhere"));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Not Found\"}");
  }

  @Test
  void answersNotFoundForAnotherMethod() {
    assertThat(Sample.get(machine.api().resolve("/echo")).statusCode()).isEqualTo(404);
  }

  @Test
  void setsEachCookieOfTheAnswer() {
    var answer = answer("{\"statusCode\":204,\"cookies\":[\"a=1; Secure\",\"b=2\"]}");

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().allValues("set-cookie")).containsExactly("a=1; Secure", "b=2");
  }

  @Test
  void decodesAnEncodedAnswer() {
    var answer =
        answer(
            "{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"aGVsbG8=\",\"headers\":{\"Content-Type\":\"image/png\"}}");

    assertThat(answer.body()).isEqualTo("hello");
    assertThat(answer.headers().firstValue("content-type")).contains("image/png");
  }

  @Test
  void framesTheAnswerItself() {
    var answer =
        answer(
            "{\"statusCode\":200,\"body\":\"hello\",\"headers\":{\"Content-Length\":\"1\",\"X-Own\":\"1\"}}");

    assertThat(answer.body()).isEqualTo("hello");
    assertThat(answer.headers().firstValue("content-length")).contains("5");
    assertThat(answer.headers().firstValue("x-own")).contains("1");
  }

  @Test
  void infersTheAnswerFromPlainJson() {
    var answer = answer("{\"hello\":\"world\"}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"hello\":\"world\"}");
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
  }

  @Test
  void answersAnErrorOfItsOwnWhenTheFunctionThrows() {
    var answer = answer("throw");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Internal Server Error\"}");
  }

  @Test
  void answersAnErrorOfItsOwnWhenTheFunctionAnswersNonsense() {
    assertThat(answer("<html>").statusCode()).isEqualTo(500);
  }

  @Test
  void answersUnavailableWhenTheFunctionTakesTooLong() {
    var answer = answer("sleep");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Service Unavailable\"}");
  }

  @Test
  void refusesABodyOfMoreThanTenMegabytes() {
    var answer =
        Sample.send(
            machine.api().resolve("/echo"),
            request -> request.POST(BodyPublishers.ofByteArray(new byte[10 * 1024 * 1024 + 1])));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Request Entity Too Large\"}");
  }

  @Test
  void readsTypedEventsAsLambdaDoes() {
    var answer = Sample.get(machine.api().resolve("/typed/7"));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("7 TypedFunction");
  }

  private static JsonNode event(String pathAndQuery) {
    return eventOf(Sample.get(URI.create(machine.api() + pathAndQuery)).body());
  }

  private static JsonNode eventOf(String echoed) {
    return Json.parse(echoed).path("event");
  }

  private static java.net.http.HttpResponse<String> answer(String functionAnswers) {
    return Sample.post(machine.api().resolve("/answer"), "text/plain", functionAnswers);
  }
}
