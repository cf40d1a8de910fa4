package pledge.functions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Chromium's network stack wrote down ({@code --log-net-log}): all that it asked for, whoever
 * wanted it, and the bytes that went out.
 */
final class NetLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private NetLog() {}

  /**
   * A request.
   *
   * @param url as the browser knows it: a fragment does not travel
   * @param initiator the origin of the page that wanted it
   * @param type {@code main frame}, {@code sub frame} or {@code other}
   * @param line the request line; empty if nothing was sent
   * @param headers as they went out
   * @param status of the answer; zero if none came
   */
  record Sent(
      String method,
      String url,
      String initiator,
      String type,
      String line,
      List<String> headers,
      int status) {

    /** Whether a page wanted it, or a person went there; not what the browser asks for itself. */
    boolean isOfAPage() {
      return type.endsWith("frame") || initiator.startsWith("http") || initiator.startsWith("null");
    }

    Optional<String> header(String name) {
      var start = name.toLowerCase(Locale.ROOT) + ": ";
      return headers.stream()
          .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(start))
          .map(header -> header.substring(start.length()))
          .findFirst();
    }
  }

  /** Reads the log of a browser that has ended. */
  static List<Sent> read(Path file) {
    try {
      return read(JSON.readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Sent> read(JsonNode log) {
    var names = new HashMap<Integer, String>();
    log.path("constants")
        .path("logEventTypes")
        .properties()
        .forEach(type -> names.put(type.getValue().asInt(), type.getKey()));
    var requests = new LinkedHashMap<Integer, Sent>();
    for (var event : log.path("events")) {
      var id = event.path("source").path("id").asInt();
      var of = event.path("params");
      switch (names.getOrDefault(event.path("type").asInt(), "")) {
        case "URL_REQUEST_START_JOB" -> {
          if (of.has("url")) {
            requests.put(id, started(of));
          }
        }
        case "HTTP_TRANSACTION_SEND_REQUEST_HEADERS" ->
            requests.computeIfPresent(id, (_, sent) -> sent(sent, of));
        case "HTTP_TRANSACTION_READ_RESPONSE_HEADERS" ->
            requests.computeIfPresent(id, (_, sent) -> answered(sent, of));
        default -> {}
      }
    }
    return List.copyOf(requests.values());
  }

  private static Sent started(JsonNode of) {
    return new Sent(
        of.path("method").asText(),
        of.path("url").asText(),
        of.path("initiator").asText(),
        of.path("request_type").asText(),
        "",
        List.of(),
        0);
  }

  private static Sent sent(Sent request, JsonNode of) {
    var headers = new ArrayList<String>();
    of.path("headers").forEach(header -> headers.add(header.asText()));
    return new Sent(
        request.method,
        request.url,
        request.initiator,
        request.type,
        of.path("line").asText().strip(),
        List.copyOf(headers),
        0);
  }

  private static Sent answered(Sent request, JsonNode of) {
    // HTTP/1.1 200 OK
    var status = of.path("headers").path(0).asText().split(" ", 3)[1];
    return new Sent(
        request.method,
        request.url,
        request.initiator,
        request.type,
        request.line,
        request.headers,
        Integer.parseInt(status));
  }
}
