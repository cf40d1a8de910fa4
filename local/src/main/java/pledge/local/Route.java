package pledge.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A route of the HTTP API: {@code GET /sessions/{id}}, {@code ANY /files/{proxy+}}, {@code
 * $default}.
 *
 * @param iam whether its callers sign their requests
 */
record Route(String method, String path, boolean iam, FunctionRuntime function) {
  private static final String DEFAULT = "$default";

  String key() {
    return path.equals(DEFAULT) ? DEFAULT : method + " " + path;
  }

  /** The path parameters, if the route takes the request. */
  Optional<Map<String, String>> match(String requestMethod, String requestPath) {
    if (path.equals(DEFAULT)) {
      return Optional.of(Map.of());
    }
    if (!method.equals("ANY") && !method.equals(requestMethod)) {
      return Optional.empty();
    }
    var wanted = segments(path);
    var given = segments(requestPath);
    var parameters = new LinkedHashMap<String, String>();
    for (var i = 0; i < wanted.size(); i++) {
      var segment = wanted.get(i);
      if (segment.endsWith("+}")) {
        if (given.size() <= i) {
          return Optional.empty();
        }
        parameters.put(name(segment, 2), decode(String.join("/", given.subList(i, given.size()))));
        return Optional.of(parameters);
      }
      if (given.size() <= i || (!isParameter(segment) && !segment.equals(given.get(i)))) {
        return Optional.empty();
      }
      if (isParameter(segment)) {
        if (given.get(i).isEmpty()) {
          return Optional.empty();
        }
        parameters.put(name(segment, 1), decode(given.get(i)));
      }
    }
    return wanted.size() == given.size() ? Optional.of(parameters) : Optional.empty();
  }

  /**
   * How specific the route is, to be compared as text, the greatest first: words before parameters
   * before the rest of a path, and a method before {@code ANY}.
   */
  String rank() {
    if (path.equals(DEFAULT)) {
      return "";
    }
    var rank = new StringBuilder();
    for (var segment : segments(path)) {
      rank.append(segment.endsWith("+}") ? '1' : isParameter(segment) ? '2' : '3');
    }
    return rank.append(method.equals("ANY") ? "" : "0").toString();
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{");
  }

  private static String name(String segment, int closing) {
    return segment.substring(1, segment.length() - closing);
  }

  private static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return encoded; // a stray percent sign
    }
  }

  private static List<String> segments(String path) {
    return new ArrayList<>(List.of(path.substring(1).split("/", -1)));
  }
}
