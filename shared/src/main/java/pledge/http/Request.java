package pledge.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request, as the HTTP API hands it over (payload format 2.0).
 *
 * @param route {@code METHOD /path/{parameter}}, as the template names it
 * @param headers by lower-case name
 * @param cookies {@code name=value}, as they came
 * @param sourceAddress the peer that the gateway saw; no header can change it
 */
public record Request(
    String id,
    String route,
    String method,
    Map<String, String> headers,
    List<String> cookies,
    Map<String, String> pathParameters,
    String sourceAddress,
    byte[] body) {

  private static final int LONGEST_USER_AGENT = 256;

  static Request of(APIGatewayV2HTTPEvent event) {
    var context = event.getRequestContext();
    var http = context.getHttp();
    return new Request(
        orEmpty(context.getRequestId()),
        orEmpty(event.getRouteKey()),
        http.getMethod(),
        orEmpty(event.getHeaders()),
        Objects.requireNonNullElse(event.getCookies(), List.of()),
        orEmpty(event.getPathParameters()),
        orEmpty(http.getSourceIp()),
        body(event.getBody(), event.getIsBase64Encoded()));
  }

  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /** The first cookie of that name. */
  public Optional<String> cookie(String name) {
    return cookies.stream()
        .filter(cookie -> cookie.startsWith(name + "="))
        .map(cookie -> cookie.substring(name.length() + 1))
        .findFirst();
  }

  /** What the browser says it is, cut to a length. */
  public String userAgent() {
    var text = header("user-agent").orElse("");
    return text.length() <= LONGEST_USER_AGENT ? text : text.substring(0, LONGEST_USER_AGENT);
  }

  private static byte[] body(@Nullable String body, boolean base64) {
    if (body == null) {
      return new byte[0];
    }
    return base64 ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8);
  }

  private static String orEmpty(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return Objects.requireNonNullElse(map, Map.of());
  }

  /** Nothing of a request may reach a log but its id and route. */
  @Override
  public String toString() {
    return "Request[" + id + " " + route + "]";
  }
}
