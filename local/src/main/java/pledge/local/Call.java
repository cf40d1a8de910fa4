package pledge.local;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP request, read whole. Path and query are as they came, still encoded; header names keep
 * their case.
 *
 * @param query without its question mark, empty if there is none
 * @param remoteAddress of the peer that holds the connection
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares calls
record Call(
    String method,
    String path,
    String query,
    List<Map.Entry<String, String>> headers,
    byte[] body,
    String protocol,
    String remoteAddress) {
  Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The content type without its parameters, in lower case; empty if none was sent. */
  String mediaType() {
    return header("Content-Type")
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT))
        .orElse("");
  }
}
