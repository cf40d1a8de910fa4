package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the HTTP API makes of a function's answer, in payload format 2.0 or inferred from plain
 * JSON.
 */
final class HttpApiResponse {
  /** What the API says itself, whatever the function says. */
  private static final Set<String> FRAMING =
      Set.of("content-length", "transfer-encoding", "connection");

  private HttpApiResponse() {}

  static Answer read(byte[] answer) {
    JsonNode tree;
    try {
      tree = Json.parse(answer);
    } catch (IllegalArgumentException _) {
      return HttpApi.message(500, "Internal Server Error");
    }
    if (!tree.isObject() || !tree.has("statusCode")) {
      // "If your function returns valid JSON and doesn't return a statusCode": 200, JSON, the
      // answer is the body.
      var body = tree.isTextual() ? tree.asText().getBytes(StandardCharsets.UTF_8) : answer;
      return Answer.of(200, "application/json", body);
    }
    var status = tree.path("statusCode").asInt(0);
    if (status < 100 || status > 599) {
      return HttpApi.message(500, "Internal Server Error");
    }
    var headers = new ArrayList<Map.Entry<String, String>>();
    tree.path("headers")
        .properties()
        .forEach(
            header -> {
              if (!FRAMING.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                headers.add(Map.entry(header.getKey(), header.getValue().asText()));
              }
            });
    tree.path("cookies").forEach(cookie -> headers.add(Map.entry("Set-Cookie", cookie.asText())));
    if (headers.stream().noneMatch(header -> header.getKey().equalsIgnoreCase("Content-Type"))) {
      headers.add(Map.entry("Content-Type", "text/plain; charset=utf-8"));
    }
    return new Answer(status, headers, body(tree));
  }

  private static byte[] body(JsonNode tree) {
    var body = tree.path("body").asText("");
    return tree.path("isBase64Encoded").asBoolean()
        ? Base64.getDecoder().decode(body)
        : body.getBytes(StandardCharsets.UTF_8);
  }
}
