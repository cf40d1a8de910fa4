package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * The event of payload format 2.0 that the HTTP API sends to a function.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">payload
 *     format</a>
 */
final class HttpApiEvent {
  private static final String STAGE = "$default";
  private static final DateTimeFormatter COMMON_LOG =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private HttpApiEvent() {}

  static byte[] of(Call call, Route route, Map<String, String> parameters, Instant now) {
    var event =
        Json.object()
            .put("version", "2.0")
            .put("routeKey", route.key())
            .put("rawPath", call.path())
            .put("rawQueryString", call.query());
    var cookies = cookies(call);
    if (!cookies.isEmpty()) {
      event.set("cookies", Json.of(cookies));
    }
    event.set("headers", Json.of(headers(call)));
    var query = query(call.query());
    if (!query.isEmpty()) {
      event.set("queryStringParameters", Json.of(query));
    }
    event.set("requestContext", context(call, route, now));
    if (!parameters.isEmpty()) {
      event.set("pathParameters", Json.of(parameters));
    }
    if (call.body().length > 0) {
      putBody(event, call);
    } else {
      event.put("isBase64Encoded", false);
    }
    return Json.bytes(event);
  }

  private static void putBody(ObjectNode event, Call call) {
    var plain = isText(call.mediaType());
    event.put("body", plain ? call.text() : Base64.getEncoder().encodeToString(call.body()));
    event.put("isBase64Encoded", !plain);
  }

  /** What the API passes on as text; all else, forms too, it encodes. */
  private static boolean isText(String mediaType) {
    return mediaType.startsWith("text/")
        || mediaType.equals("application/json")
        || mediaType.endsWith("+json")
        || mediaType.equals("application/javascript")
        || mediaType.equals("application/xml")
        || mediaType.endsWith("+xml");
  }

  private static List<String> cookies(Call call) {
    return call.headers().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("Cookie"))
        .flatMap(header -> Arrays.stream(header.getValue().split(";")))
        .map(String::strip)
        .filter(cookie -> !cookie.isEmpty())
        .toList();
  }

  private static Map<String, String> headers(Call call) {
    var headers = new LinkedHashMap<String, String>();
    for (var header : call.headers()) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      if (!name.equals("cookie")) {
        headers.merge(name, header.getValue(), (first, second) -> first + "," + second);
      }
    }
    // API Gateway appends the peer to whatever the caller claimed, and says what it itself was
    // called with.
    headers.merge(
        "x-forwarded-for", call.remoteAddress(), (claimed, peer) -> claimed + ", " + peer);
    headers.put("x-forwarded-proto", "http");
    var host = headers.getOrDefault("host", "");
    headers.put(
        "x-forwarded-port", host.contains(":") ? host.substring(host.lastIndexOf(':') + 1) : "80");
    headers.put("x-amzn-trace-id", "Root=1-" + UUID.randomUUID());
    return headers;
  }

  private static Map<String, String> query(String raw) {
    var query = new LinkedHashMap<String, String>();
    for (var pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        var parts = pair.split("=", 2);
        query.merge(
            decode(parts[0]),
            parts.length > 1 ? decode(parts[1]) : "",
            (first, second) -> first + "," + second);
      }
    }
    return query;
  }

  private static ObjectNode context(Call call, Route route, Instant now) {
    var host = call.header("Host").orElse("localhost").split(":", 2)[0];
    var http =
        Json.object()
            .put("method", call.method())
            .put("path", call.path())
            .put("protocol", call.protocol())
            .put("sourceIp", call.remoteAddress())
            .put("userAgent", call.header("User-Agent").orElse(""));
    var context = Json.object().put("accountId", Names.ACCOUNT).put("apiId", Names.API_ID);
    if (route.iam()) {
      context.set("authorizer", IamAuthorizer.caller(call));
    }
    context.put("domainName", host).put("domainPrefix", host.split("\\.", 2)[0]);
    context.set("http", http);
    return context
        .put("requestId", UUID.randomUUID().toString())
        .put("routeKey", route.key())
        .put("stage", STAGE)
        .put("time", COMMON_LOG.format(now))
        .put("timeEpoch", now.toEpochMilli());
  }

  private static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return encoded; // a stray percent sign
    }
  }
}
