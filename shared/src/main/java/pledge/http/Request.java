package pledge.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /**
   * Reads an event.
   *
   * @throws IllegalArgumentException where it is none of an HTTP API
   */
  static Request of(Map<?, ?> event) {
    var context = object(event, "requestContext");
    var http = object(context, "http");
    var method = text(http, "method");
    if (method.isEmpty()) {
      throw new IllegalArgumentException("an event without a method is no request");
    }
    var body = text(event, "body");
    return new Request(
        text(context, "requestId"),
        text(event, "routeKey"),
        method,
        texts(event, "headers"),
        event.get("cookies") instanceof List<?> cookies
            ? cookies.stream().map(String.class::cast).toList()
            : List.of(),
        texts(event, "pathParameters"),
        text(http, "sourceIp"),
        Boolean.TRUE.equals(event.get("isBase64Encoded"))
            ? Base64.getDecoder().decode(body)
            : body.getBytes(StandardCharsets.UTF_8));
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

  private static String text(Map<?, ?> object, String name) {
    return object.get(name) instanceof String text ? text : "";
  }

  private static Map<?, ?> object(Map<?, ?> object, String name) {
    return object.get(name) instanceof Map<?, ?> member ? member : Map.of();
  }

  private static Map<String, String> texts(Map<?, ?> object, String name) {
    var texts = new LinkedHashMap<String, String>();
    object(object, name).forEach((key, value) -> texts.put((String) key, (String) value));
    return texts;
  }

  /** Nothing of a request may reach a log but its id and route. */
  @Override
  public String toString() {
    return "Request[" + id + " " + route + "]";
  }
}
