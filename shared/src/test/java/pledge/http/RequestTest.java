package pledge.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RequestTest {
  @Test
  void isEmptyWhereTheEventHasNothing() {
    var request = Request.of(event().build());

    assertThat(request.header("origin")).isEmpty();
    assertThat(request.cookie("__Host-session")).isEmpty();
    assertThat(request.pathParameters()).isEmpty();
    assertThat(request.body()).isEmpty();
    assertThat(request.userAgent()).isEmpty();
    assertThat(request.sourceAddress()).isEmpty();
    assertThat(request.id()).isEmpty();
  }

  @Test
  void takesAPlainBodyAsUtf8() {
    assertThat(Request.of(event().withBody("é😀").build()).body())
        .isEqualTo("é😀".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void decodesABodyThatTheGatewayEncoded() {
    var event =
        event()
            .withBody(Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, 0, 1}))
            .withIsBase64Encoded(true)
            .build();

    assertThat(Request.of(event).body()).isEqualTo(new byte[] {(byte) 0xff, 0, 1});
  }

  @Test
  void takesTheAddressThatTheGatewaySaw() {
    var event =
        APIGatewayV2HTTPEvent.builder()
            .withHeaders(Map.of("x-forwarded-for", "198.51.100.7"))
            .withRequestContext(
                APIGatewayV2HTTPEvent.RequestContext.builder()
                    .withHttp(
                        APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                            .withMethod("GET")
                            .withSourceIp("192.0.2.1")
                            .build())
                    .build())
            .build();

    assertThat(Request.of(event).sourceAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  void findsACookieByItsWholeName() {
    var request =
        Request.of(
            event()
                .withCookies(
                    List.of("x__Host-session=1", "__Host-session2=2", "__Host-session=3=4", "flag"))
                .build());

    assertThat(request.cookie("__Host-session")).contains("3=4");
    assertThat(request.cookie("flag")).isEmpty();
  }

  @Test
  void cutsALongUserAgent() {
    var request = Request.of(event().withHeaders(Map.of("user-agent", "x".repeat(10_000))).build());

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
            "a-mark".getBytes(StandardCharsets.UTF_8));

    assertThat(request).hasToString("Request[id POST /x]");
  }

  private static APIGatewayV2HTTPEvent.APIGatewayV2HTTPEventBuilder event() {
    return APIGatewayV2HTTPEvent.builder()
        .withRequestContext(
            APIGatewayV2HTTPEvent.RequestContext.builder()
                .withHttp(
                    APIGatewayV2HTTPEvent.RequestContext.Http.builder().withMethod("GET").build())
                .build());
  }
}
