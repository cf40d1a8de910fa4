package pledge.policy;

import java.util.HashSet;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with {@code {{places}}} that the declarations fill. */
final class Template {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

  private Template() {}

  /**
   * The template of that name, filled. A value may have places of its own.
   *
   * @throws IllegalStateException where a place has no value, or a value no place
   */
  static String fill(String name, Map<String, String> values) {
    var unused = new HashSet<>(values.keySet());
    var text = Resource.text("templates/" + name);
    for (var place = PLACE.matcher(text); place.find(); place = PLACE.matcher(text)) {
      var value = values.get(place.group(1));
      if (value == null) {
        throw new IllegalStateException(name + ": nothing fills " + place.group());
      }
      unused.remove(place.group(1));
      text = place.replaceFirst(Matcher.quoteReplacement(value.strip()));
    }
    if (!unused.isEmpty()) {
      throw new IllegalStateException(name + ": no place for " + unused);
    }
    return text;
  }

  /** The text of a passage that several documents share. */
  static String passage(String name) {
    return Resource.text("templates/" + name);
  }
}
