package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An HTTP response, whole. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers
record Answer(int status, List<Map.Entry<String, String>> headers, byte[] body) {
  static Answer of(int status, String contentType, byte[] body) {
    return new Answer(status, List.of(Map.entry("Content-Type", contentType)), body);
  }

  static Answer json(int status, JsonNode body) {
    return of(status, "application/json", Json.bytes(body));
  }

  static Answer text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
  }

  Answer with(String header, String value) {
    var more = new ArrayList<>(headers);
    more.add(Map.entry(header, value));
    return new Answer(status, List.copyOf(more), body);
  }
}
