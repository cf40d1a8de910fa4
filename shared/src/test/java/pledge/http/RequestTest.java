package pledge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.Seeds;
import pledge.vault.Secrets;

final class RequestTest {
  @Test
  void isEmptyWhereTheEventHasNothing() {
    var request = Request.of(event(Map.of()));

    assertThat(request.header("origin")).isEmpty();
    assertThat(request.cookie("__Host-session")).isEmpty();
    assertThat(request.pathParameter("id")).isEmpty();
    assertThat(request.body()).isEmpty();
    assertThat(request.userAgent()).isEmpty();
    assertThat(request.sourceAddress()).isEmpty();
    assertThat(request.id()).isEmpty();
  }

  @Test
  void takesAPlainBodyAsUtf8() {
    assertThat(Request.of(event(Map.of("body", "é😀"))).body())
        .isEqualTo("é😀".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void decodesABodyThatTheGatewayEncoded() {
    var event =
        event(
            Map.of(
                "body",
                Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, 0, 1}),
                "isBase64Encoded",
                true));

    assertThat(Request.of(event).body()).isEqualTo(new byte[] {(byte) 0xff, 0, 1});
  }

  @Test
  void takesTheAddressThatTheGatewaySaw() {
    Map<String, Object> event =
        Map.of(
            "headers",
            Map.of("x-forwarded-for", "198.51.100.7"),
            "requestContext",
            Map.of("http", Map.of("method", "GET", "sourceIp", "192.0.2.1")));

    assertThat(Request.of(event).sourceAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  @DisplayName("staff-access: who is staff, IAM alone says")
  void takesStaffFromTheGatewayAlone() {
    var http = Map.of("method", "GET");
    var iam = Map.of("userId", "AIDA1", "userArn", "arn:aws:iam::1:user/ada");
    Map<String, Object> event =
        Map.of("requestContext", Map.of("http", http, "authorizer", Map.of("iam", iam)));
    Map<String, Object> forged =
        Map.of(
            "headers",
            Map.of("authorization", "AWS4-HMAC-SHA256 Credential=local"),
            "authorizer",
            Map.of("iam", iam),
            "requestContext",
            Map.of("http", http, "iam", iam));

    assertThat(Request.of(event).staff()).contains("AIDA1");
    assertThat(Request.of(forged).staff()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"iam\": {}}", "{\"iam\": {\"userId\": \"\"}}", "{\"iam\": null}"})
  @DisplayName("staff-access: nobody is staff without a name")
  void isNotOfStaffWithoutAUser(String authorizer) {
    var context = Map.of("http", Map.of("method", "GET"), "authorizer", Answers.json(authorizer));

    assertThat(Request.of(Map.of("requestContext", context)).staff()).isEmpty();
  }

  @Test
  void findsACookieByItsWholeName() {
    var request =
        Request.of(
            event(
                Map.of(
                    "cookies",
                    List.of(
                        "x__Host-session=1", "__Host-session2=2", "__Host-session=3=4", "flag"))));

    assertThat(request.cookie("__Host-session")).contains("3=4");
    assertThat(request.cookie("flag")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void findsTheCookieThatWasSetAmongAnyOthers(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 200; i++) {
      var value = Secrets.text(Seeds.bytes(random, 1 + random.nextInt(60)));
      var set = Cookies.set(Cookies.SESSION, value, Duration.ofDays(1)).split(";", 2)[0];
      var cookies = new ArrayList<String>();
      for (var other = random.nextInt(5); other > 0; other--) {
        cookies.add("x" + Seeds.text(random, random.nextInt(40)));
      }
      cookies.add(random.nextInt(cookies.size() + 1), set);

      assertThat(Request.of(event(Map.of("cookies", cookies))).cookie(Cookies.SESSION))
          .as("seed %d, cookie %d", seed, i)
          .contains(value);
    }
  }

  @Test
  void cutsALongUserAgent() {
    var request = Request.of(event(Map.of("headers", Map.of("user-agent", "x".repeat(10_000)))));

    assertThat(request.userAgent()).hasSize(256);
  }

  @Test
  void showsItsIdAndRouteOnly() {
    var request =
        new Request(
            "id",
            "POST /x",
            "POST",
            Map.of("h", "a-mark"),
            List.of("c=a-mark"),
            Map.of("p", "a-mark"),
            "a-mark",
            Optional.of("a-mark"),
            "a-mark".getBytes(StandardCharsets.UTF_8));

    assertThat(request).hasToString("Request[id POST /x]");
  }

  @Test
  void isNoneWhereTheEventIsNoRequest() {
    assertThatThrownBy(() -> Request.of(Map.of("requestContext", Map.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<String, Object> event(Map<String, Object> members) {
    var event = new HashMap<>(members);
    event.put("requestContext", Map.of("http", Map.of("method", "GET")));
    return event;
  }
}
