package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalPagesTest {
  private static final Pattern HREF = Pattern.compile("<a\\s+href=\"([^\"]*)\"");

  private Machine machine;

  @BeforeEach
  void start() {
    machine = Sample.start();
  }

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  void showsWhatRuns() {
    Sample.put(machine, "a");
    var page = Sample.get(local(""));

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("content-security-policy"))
        .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'"));
    assertThat(page.body())
        .contains(
            "EchoFunction",
            "/things/{id}",
            "ThingsTable",
            "<td>1</td>",
            "JobsQueue",
            "rate(1 hour)",
            "VaultKey",
            "2026-03-01T12:00:00Z");
  }

  @Test
  void linksWhatCanBeOpened() {
    var page = Sample.get(local("")).body();
    var main = page.indexOf("<main>");

    assertThat(main).isPositive();
    assertThat(links(page.substring(0, main)))
        .as("on every page")
        .containsExactly("/", "/_local/", "/_local/mail", "/_local/clock");
    assertThat(links(page.substring(main)))
        .as("of the routes, each GET that takes no parameter and no signature")
        .containsExactlyInAnyOrder(
            "/_local/clock", "/_local/mail", "/_local/stripe/", "/", "/things/special");
  }

  /** With no-referrer, browsers send {@code Origin: null} with the page's own form. */
  @Test
  void letsBrowsersNameTheOriginOfItsForms() {
    assertThat(Sample.get(local("clock")).headers().firstValue("referrer-policy"))
        .contains("same-origin");
  }

  @Test
  void showsMail() {
    keepMail(
        "Hello <b>", "Open " + machine.api() + "/confirm?c=1 or https://example.org/", "<p>Hi</p>");

    assertThat(Sample.get(local("mail")).body()).contains("Hello &lt;b&gt;").doesNotContain("<b>");
    assertThat(Sample.get(local("mail/m1")).body())
        .contains("<a href=\"" + machine.api() + "/confirm?c=1\">")
        .doesNotContain("<a href=\"https://example.org/")
        .contains("<iframe sandbox");
  }

  @Test
  void showsAMailsHtmlInASandbox() {
    keepMail("Hello", "Hi", "<script>alert(1)</script>");
    var page = Sample.get(local("mail/m1/html"));

    assertThat(page.body()).isEqualTo("<script>alert(1)</script>");
    assertThat(page.headers().firstValue("content-security-policy"))
        .hasValueSatisfying(policy -> assertThat(policy).startsWith("sandbox; default-src 'none'"));
  }

  @Test
  void listsMailAsJson() {
    keepMail("Hello", "Hi", "");

    assertThat(Json.parse(Sample.get(local("mail.json")).body()).path(0).path("subject").asText())
        .isEqualTo("Hello");
    assertThat(
            Sample.send(local("mail"), request -> request.header("Accept", "application/json"))
                .body())
        .startsWith("[{");
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-www-form-urlencoded, advance=PT2H, 2026-03-01T14:00:00Z",
    "application/x-www-form-urlencoded, advance=P1M, 2026-04-01T12:00:00Z",
    "application/x-www-form-urlencoded, set=2027-01-01T00%3A00%3A00Z, 2027-01-01T00:00:00Z",
    "application/json, {\"advance\":\"P30D\"}, 2026-03-31T12:00:00Z",
  })
  void movesTheClock(String type, String body, Instant then) {
    var answer = Sample.post(local("clock"), type, body);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(machine.clock().instant()).isEqualTo(then);
  }

  @Test
  void doesWhatIsDueBeforeItAnswers() {
    Sample.post(local("clock"), "application/json", "{\"advance\":\"PT1H\"}");

    assertThat(Recorder.seen(machine, "schedule")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"set\":\"2020-01-01T00:00:00Z\"}",
        "{\"advance\":\"soon\"}",
        "{\"advance\":\"-PT1H\"}",
        "{}",
        "{"
      })
  void refusesToMoveTheClock(String body) {
    var answer = Sample.post(local("clock"), "application/json", body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(Json.parse(answer.body()).path("message").asText()).isNotEmpty();
    assertThat(machine.clock().instant()).isEqualTo(Sample.NOON);
  }

  @Test
  void goesBackToRealTime() {
    Sample.post(local("clock"), "application/json", "{\"real\":true}");

    assertThat(machine.clock().isTicking()).isTrue();
  }

  @Test
  void callsAFunction() {
    var answer =
        Sample.post(
            local("invoke/TypedFunction"),
            "application/json",
            "{\"pathParameters\":{\"id\":\"9\"}}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Json.parse(answer.body()).path("body").asText()).isEqualTo("9 TypedFunction");
  }

  @Test
  void saysWhatAFunctionThrew() {
    var answer =
        Sample.post(local("invoke/AnswerFunction"), "application/json", "{\"body\":\"throw\"}");

    assertThat(answer.headers().firstValue("x-amz-function-error")).contains("Unhandled");
    assertThat(Json.parse(answer.body()).path("errorMessage").asText()).isEqualTo("asked for");
  }

  @Test
  void knowsNoOtherFunction() {
    assertThat(Sample.post(local("invoke/Nowhere"), "application/json", "{}").statusCode())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "localhost:8080, 200",
    "127.0.0.1:1, 200",
    "[::1]:8080, 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "evil.example:80, 403",
  })
  void answersUnderItsOwnNamesOnly(String host, int status) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), machine.api().getPort())) {
      var request = "GET /_local/ HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 " + status);
    }
  }

  @ParameterizedTest
  @CsvSource({"https://evil.example, 403", "null, 403", "http://localhost:8080, 200"})
  void answersToItsOwnOriginOnly(String origin, int status) {
    HttpResponse<String> answer =
        Sample.send(local("clock"), request -> request.header("Origin", origin));

    assertThat(answer.statusCode()).isEqualTo(status);
  }

  private static List<String> links(String html) {
    return HREF.matcher(html).results().map(link -> link.group(1)).toList();
  }

  private void keepMail(String subject, String text, String html) {
    machine
        .mailbox()
        .keep(
            new Mail(
                "m1",
                Sample.NOON,
                "f@x",
                List.of("t@x"),
                List.of(),
                List.of(),
                List.of(),
                subject,
                text,
                html,
                Map.of(),
                ""));
  }

  private URI local(String path) {
    return machine.api().resolve("/_local/" + path);
  }
}
