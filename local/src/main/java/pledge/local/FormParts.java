package pledge.local;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The parts of a {@code multipart/form-data} body (RFC 7578), by name. */
record FormParts(Map<String, Part> parts) {
  private static final Pattern BOUNDARY =
      Pattern.compile("boundary=(?:\"([^\"]+)\"|([^;\\s]+))", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("[;\\s]name=\"([^\"]*)\"");

  /** One part; its type in lower case, without parameters. */
  record Part(String type, String text) {}

  /** Empty where the call is none, or is cut off. */
  static Optional<FormParts> read(Call call) {
    var boundary = BOUNDARY.matcher(call.header("Content-Type").orElse(""));
    if (!call.mediaType().equals("multipart/form-data") || !boundary.find()) {
      return Optional.empty();
    }
    var mark = "--" + (boundary.group(1) == null ? boundary.group(2) : boundary.group(1));
    // One byte a character: what is searched for is ASCII, and nothing is lost.
    var body = "\r\n" + new String(call.body(), StandardCharsets.ISO_8859_1);
    var pieces = body.split(Pattern.quote("\r\n" + mark), -1);
    if (pieces.length < 2 || !pieces[pieces.length - 1].startsWith("--")) {
      return Optional.empty();
    }
    var parts = new LinkedHashMap<String, Part>();
    for (var i = 1; i < pieces.length - 1; i++) {
      var piece = pieces[i].split("\r\n\r\n", 2);
      var head = piece[0];
      var name = NAME.matcher(head);
      if (piece.length < 2 || !name.find()) {
        return Optional.empty();
      }
      var text = new String(piece[1].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      parts.put(name.group(1), new Part(type(head), text));
    }
    return Optional.of(new FormParts(parts));
  }

  Optional<Part> part(String name) {
    return Optional.ofNullable(parts.get(name));
  }

  private static String type(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-type:"))
        .map(line -> line.substring("content-type:".length()).split(";", 2)[0].strip())
        .map(line -> line.toLowerCase(Locale.ROOT))
        .findFirst()
        .orElse("");
  }
}
