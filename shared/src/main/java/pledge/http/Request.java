package pledge.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
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
 * @param staff the {@code userId} of whom IAM let in; empty on a route that is everybody's
 */
public record Request(
    String id,
    String route,
    String method,
    Map<?, ?> headers,
    List<?> cookies,
    Map<?, ?> pathParameters,
    String sourceAddress,
    Optional<String> staff,
    byte[] body) {

  private static final int LONGEST_USER_AGENT = 256;
  private static final int LONGEST_PATH_PARAMETER = 128;

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
        object(event, "headers"),
        event.get("cookies") instanceof List<?> cookies ? cookies : List.of(),
        object(event, "pathParameters"),
        text(http, "sourceIp"),
        Optional.of(text(object(object(context, "authorizer"), "iam"), "userId"))
            .filter(userId -> !userId.isEmpty()),
        Boolean.TRUE.equals(event.get("isBase64Encoded"))
            ? Base64.getDecoder().decode(body)
            : body.getBytes(StandardCharsets.UTF_8));
  }

  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable((String) headers.get(lowerCaseName));
  }

  /**
   * What stands in the path in the place of that name; empty where the route has no such place.
   *
   * @throws ProblemException 404 where it is longer than anything that is there
   */
  public Optional<String> pathParameter(String name) {
    var value = Optional.ofNullable((String) pathParameters.get(name));
    if (value.filter(text -> text.length() > LONGEST_PATH_PARAMETER).isPresent()) {
      throw new ProblemException(Problem.NOT_FOUND);
    }
    return value;
  }

  /** The first cookie of that name. */
  public Optional<String> cookie(String name) {
    var start = name + "=";
    for (var cookie : cookies) {
      if (cookie instanceof String text && text.startsWith(start)) {
        return Optional.of(text.substring(start.length()));
      }
    }
    return Optional.empty();
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

  /** Nothing of a request may reach a log but its id and route. */
  @Override
  public String toString() {
    return "Request[" + id + " " + route + "]";
  }
}
