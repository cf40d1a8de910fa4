package pledge.http;

/**
 * What a lenient parser does not look at (RFC 8259 §2, §7): that a text ends where its value does,
 * that no control character stands in it, that no comma stands before a closing bracket, and that
 * brackets do not nest deeper than a parser that recurses should be led.
 */
final class JsonShape {
  private JsonShape() {}

  static boolean isSound(String text, int deepest) {
    var depth = 0;
    var inText = false;
    var before = ' ';
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < ' ' && (inText || (c != '\t' && c != '\n' && c != '\r'))) {
        return false;
      }
      if (inText) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          inText = false;
        }
        continue;
      }
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        continue;
      }
      if (depth == 0 && before == '}') {
        return false;
      }
      switch (c) {
        case '"' -> inText = true;
        case '{', '[' -> depth++;
        case '}', ']' -> {
          depth--;
          if (before == ',') {
            return false;
          }
        }
        default -> {}
      }
      if (depth > deepest) {
        return false;
      }
      before = c;
    }
    return depth == 0 && before == '}';
  }
}
