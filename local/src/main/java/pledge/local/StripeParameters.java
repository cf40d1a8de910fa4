package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A form's parameters, nested as Stripe nests them: {@code items[0][price]=…}. Whoever carries out
 * a request asks for each that it knows, and then calls {@link #end}, which refuses what nobody
 * asked for.
 */
final class StripeParameters {
  private static final Pattern KEY = Pattern.compile("([^\\[\\]]+)((?:\\[[^\\[\\]]*])*)");
  private static final Pattern INDEX = Pattern.compile("\\[([^\\[\\]]*)]");
  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,15}");
  private static final int LONGEST_METADATA_KEY = 40;
  private static final int LONGEST_METADATA_VALUE = 500;
  private static final int MOST_METADATA = 50;

  private final String prefix;
  private final Map<String, Object> values;
  private final Set<String> known = new HashSet<>();
  private final List<StripeParameters> parts = new ArrayList<>();

  private StripeParameters(String prefix, Map<String, Object> values) {
    this.prefix = prefix;
    this.values = values;
  }

  /** The query of a GET or DELETE and the form of a POST, together. */
  static StripeParameters of(Call call) {
    var all = new TreeMap<String, Object>();
    var appended = new LinkedHashMap<String, Integer>();
    for (var text : List.of(call.query(), call.text())) {
      for (var pair : text.split("&", -1)) {
        if (!pair.isEmpty()) {
          var parts = pair.split("=", 2);
          put(all, appended, decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
        }
      }
    }
    return new StripeParameters("", all);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw StripeError.invalid(null, "Invalid request: the form cannot be read.");
    }
  }

  @SuppressWarnings("unchecked") // only maps and texts are put in
  private static void put(
      Map<String, Object> into, Map<String, Integer> appended, String key, String value) {
    var match = KEY.matcher(key);
    if (!match.matches()) {
      throw StripeError.unknownParameter(key);
    }
    var path = new ArrayList<>(List.of(match.group(1)));
    INDEX.matcher(match.group(2)).results().forEach(index -> path.add(index.group(1)));
    var at = into;
    var way = new StringBuilder();
    for (var i = 0; i < path.size(); i++) {
      way.append('/').append(path.get(i));
      // [] takes the next place of its list.
      var name =
          path.get(i).isEmpty()
              ? Integer.toString(appended.merge(way.toString(), 1, Integer::sum) - 1)
              : path.get(i);
      if (i == path.size() - 1) {
        at.put(name, value);
      } else {
        var next = at.computeIfAbsent(name, _ -> new TreeMap<String, Object>());
        if (!(next instanceof Map)) {
          throw StripeError.invalid(key, "Invalid object");
        }
        at = (Map<String, Object>) next;
      }
    }
  }

  /** A text; empty where it was not sent, or sent empty, which unsets it. */
  Optional<String> text(String name) {
    known.add(name);
    if (!values.containsKey(name)) {
      return Optional.empty();
    }
    if (values.get(name) instanceof String text) {
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
    throw StripeError.invalid(full(name), "Invalid string: " + full(name));
  }

  /** A text that must be there. */
  String required(String name) {
    return text(name).orElseThrow(() -> StripeError.requiredParameter(full(name)));
  }

  /** One of a few words. */
  Optional<String> oneOf(String name, String... words) {
    var text = text(name);
    if (text.isPresent() && !List.of(words).contains(text.get())) {
      throw StripeError.invalid(
          full(name), "Invalid " + full(name) + ": must be one of " + String.join(", ", words));
    }
    return text;
  }

  OptionalLong number(String name) {
    var text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!WHOLE.matcher(text.get()).matches()) {
      throw StripeError.invalid(full(name), "Invalid integer: " + text.get());
    }
    return OptionalLong.of(Long.parseLong(text.get()));
  }

  Optional<Boolean> flag(String name) {
    return oneOf(name, "true", "false").map(Boolean::parseBoolean);
  }

  /** What is nested under a name; where there is nothing, it knows no values. */
  StripeParameters in(String name) {
    known.add(name);
    var nested = values.getOrDefault(name, Map.of());
    return nested instanceof Map<?, ?> map
        ? part(name, map)
        : nested.equals("") ? part(name, Map.of()) : fail(name);
  }

  /** Whether a name was sent, be it to unset it. */
  boolean has(String name) {
    return values.containsKey(name);
  }

  /** Whether more is nested under a name. */
  boolean isNested(String name) {
    return values.get(name) instanceof Map;
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** The elements of a list of objects, in the order of their indices. */
  List<StripeParameters> list(String name) {
    return ordered(name).entrySet().stream()
        .map(
            element ->
                element.getValue() instanceof Map<?, ?> map
                    ? part(name + "[" + element.getKey() + "]", map)
                    : fail(name))
        .toList();
  }

  /** The elements of a list of texts. */
  List<String> texts(String name) {
    return ordered(name).values().stream()
        .map(element -> element instanceof String text ? text : fail(name).prefix)
        .toList();
  }

  private Map<Integer, Object> ordered(String name) {
    known.add(name);
    var sorted = new TreeMap<Integer, Object>();
    if (values.getOrDefault(name, Map.of()) instanceof Map<?, ?> map) {
      map.forEach(
          (index, value) -> {
            if (!String.valueOf(index).matches("\\d{1,4}")) {
              fail(name);
            }
            sorted.put(Integer.valueOf(String.valueOf(index)), value);
          });
    } else if (!values.getOrDefault(name, "").equals("")) {
      fail(name);
    }
    return sorted;
  }

  /** Merges {@code metadata} into what there is: an empty value takes its key out. */
  void metadata(ObjectNode object) {
    var metadata = object.withObject("/metadata");
    known.add("metadata");
    if (values.getOrDefault("metadata", Map.of()) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> setMetadata(metadata, String.valueOf(key), value));
    } else {
      metadata.removeAll();
    }
    if (metadata.size() > MOST_METADATA) {
      throw StripeError.invalid("metadata", "You can have up to 50 keys.");
    }
  }

  private void setMetadata(ObjectNode metadata, String key, Object value) {
    if (!(value instanceof String text)) {
      throw StripeError.invalid(full("metadata"), "Metadata values must be strings");
    }
    if (key.length() > LONGEST_METADATA_KEY || text.length() > LONGEST_METADATA_VALUE) {
      throw StripeError.invalid(
          full("metadata"), "Metadata keys have up to 40 characters, values up to 500.");
    }
    if (text.isEmpty()) {
      metadata.remove(key);
    } else {
      metadata.put(key, text);
    }
  }

  /** Parameters that Stripe has, and that change nothing here. */
  StripeParameters without(String... effect) {
    known.addAll(List.of(effect));
    return this;
  }

  /** Refuses what nobody asked for. */
  void end() {
    for (var name : values.keySet()) {
      if (!known.contains(name)) {
        throw StripeError.unknownParameter(full(name));
      }
    }
    parts.forEach(StripeParameters::end);
  }

  /** The same text for the same parameters, whatever their order. */
  @Override
  public String toString() {
    return values.toString();
  }

  private String full(String name) {
    return prefix.isEmpty() ? name : prefix + "[" + name + "]";
  }

  private StripeParameters part(String name, Map<?, ?> map) {
    var copy = new TreeMap<String, Object>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    var bracket = name.indexOf('[');
    var where =
        bracket < 0 ? full(name) : full(name.substring(0, bracket)) + name.substring(bracket);
    var part = new StripeParameters(where, copy);
    parts.add(part);
    return part;
  }

  private StripeParameters fail(String name) {
    throw StripeError.invalid(full(name), "Invalid object");
  }
}
