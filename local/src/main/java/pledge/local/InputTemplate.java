package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pipe's input template: text with placeholders such as {@code <$.dynamodb.Keys.pk.S>}. Inside
 * quotes a text is put without its own; anything else is put as JSON.
 */
record InputTemplate(String template) {
  private static final Pattern PLACEHOLDER = Pattern.compile("<(\\$[^>]*)>");

  String apply(JsonNode event) {
    if (template.isEmpty()) {
      return Json.text(event);
    }
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            match -> {
              var value = at(event, match.group(1));
              var json = value.isMissingNode() ? "\"\"" : Json.text(value);
              var bare = insideText(match.start()) && json.startsWith("\"");
              return Matcher.quoteReplacement(bare ? json.substring(1, json.length() - 1) : json);
            });
  }

  private boolean insideText(int position) {
    return template.substring(0, position).chars().filter(c -> c == '"').count() % 2 == 1;
  }

  private static JsonNode at(JsonNode event, String path) {
    var node = event;
    for (var step : path.substring(1).split("\\.", -1)) {
      if (!step.isEmpty()) {
        var bracket = step.indexOf('[');
        node = node.path(bracket < 0 ? step : step.substring(0, bracket));
        if (bracket >= 0) {
          node = node.path(Integer.parseInt(step.substring(bracket + 1, step.indexOf(']'))));
        }
      }
    }
    return node;
  }
}
