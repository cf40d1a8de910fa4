package pledge.http;

import io.avaje.json.JsonException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import pledge.vault.Json;

/**
 * A JSON object that a request brought, read field by field. Each field that is missing, of another
 * type, out of bounds or unknown is noted; {@link #check} answers all of them at once, with a
 * pointer each (RFC 6901, as in RFC 9457 §3). An answer never repeats what was sent.
 */
public final class JsonBody {
  /** Bytes, at most: four times what the largest form needs. */
  public static final int LARGEST = 16 * 1024;

  /** Ours are two levels deep; a parser that recurses must not be led deeper. */
  private static final int DEEPEST = 8;

  /** Fields that nobody asked for and that are named: an answer must not outgrow the question. */
  private static final int MOST_UNKNOWN = 20;

  private static final char REPLACEMENT = '\uFFFD';

  private final Map<String, Object> fields;
  private final Map<String, String> errors = new LinkedHashMap<>();

  private JsonBody(Map<String, Object> fields) {
    this.fields = fields;
  }

  /**
   * Reads a request's body: 413 where it is too large, 415 where it is not JSON, 400 where it is
   * not an object.
   */
  public static JsonBody of(Request request) {
    if (request.body().length > LARGEST) {
      throw new ProblemException(Problem.TOO_LARGE);
    }
    if (!isJson(request.header("content-type").orElse(""))) {
      throw new ProblemException(Problem.NOT_JSON);
    }
    try {
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(request.body())).toString();
      // A gateway that passes texts on has put U+FFFD where the bytes were no UTF-8.
      if (text.indexOf(REPLACEMENT) < 0
          && JsonShape.isSound(text, DEEPEST)
          && Json.MAPPER.fromJson(text) instanceof Map<?, ?> object) {
        var fields = new LinkedHashMap<String, Object>();
        object.forEach((name, value) -> fields.put((String) name, value));
        return new JsonBody(fields);
      }
    } catch (CharacterCodingException | JsonException e) {
      // Falls through: the text is not JSON, or JSON is not in UTF-8 (RFC 8259 §8.1).
    }
    throw new ProblemException(Problem.MALFORMED_JSON);
  }

  /** A text; empty where it is not one, which is noted. */
  public String text(String name) {
    return fields.remove(name) instanceof String text && isWellFormed(text)
        ? text
        : invalid(name, "must be a text", "");
  }

  /** A text that a type of ours can be made of. */
  public <T> Optional<T> text(String name, String rule, Function<String, Optional<T>> reader) {
    var value =
        fields.get(name) instanceof String text && isWellFormed(text)
            ? reader.apply(text)
            : Optional.<T>empty();
    fields.remove(name);
    return value.isPresent() ? value : invalid(name, rule, value);
  }

  /** As {@link #text(String, String, Function)}, where the field is there at all. */
  public <T> Optional<T> optionalText(
      String name, String rule, Function<String, Optional<T>> reader) {
    return has(name) ? text(name, rule, reader) : Optional.empty();
  }

  /** Whether a field of that name was sent and not read yet. */
  public boolean has(String name) {
    return fields.containsKey(name);
  }

  /** A list of texts; empty where it is not one, which is noted. */
  public List<String> list(String name, String rule) {
    var texts = new ArrayList<String>();
    if (fields.remove(name) instanceof List<?> list) {
      list.forEach(
          item -> {
            if (item instanceof String text) {
              texts.add(text);
            }
          });
      if (texts.size() == list.size()) {
        return texts;
      }
    }
    return invalid(name, rule, List.of());
  }

  /**
   * A whole number within bounds, both of which count; the lower one where it is not, which is
   * noted.
   */
  public int whole(String name, String rule, int least, int most) {
    return fields.remove(name) instanceof Number number
            && number.doubleValue() == Math.rint(number.doubleValue())
            && number.doubleValue() >= least
            && number.doubleValue() <= most
        ? number.intValue()
        : invalid(name, rule, least);
  }

  /** A flag that must be set. */
  public void mustBeTrue(String name, String rule) {
    if (!Boolean.TRUE.equals(fields.remove(name))) {
      invalid(name, rule, false);
    }
  }

  /** An object whose values are texts; empty where it is not one, which is noted. */
  public Map<String, String> texts(String name, String rule) {
    var texts = new LinkedHashMap<String, String>();
    if (fields.remove(name) instanceof Map<?, ?> object) {
      object.forEach(
          (key, value) -> {
            if (value instanceof String text) {
              texts.put((String) key, text);
            }
          });
      if (texts.size() == object.size()) {
        return texts;
      }
    }
    return invalid(name, rule, Map.of());
  }

  /** Notes that a field is not as it must be. */
  public <T> T invalid(String name, String rule, T instead) {
    // What is wrong first is what is said.
    errors.putIfAbsent("#/" + name.replace("~", "~0").replace("/", "~1"), rule);
    return instead;
  }

  /** Answers 422 with all that was noted, fields that nobody asked for included. */
  public void check() {
    // Named without their values, and not at any length: a name is the sender's text as well.
    fields.keySet().stream()
        .limit(MOST_UNKNOWN)
        .map(JsonBody::shown)
        .forEach(name -> invalid(name, "is not asked for", ""));
    fields.clear();
    if (!errors.isEmpty()) {
      throw refusal(errors);
    }
  }

  /** Answers 422 for a field that is as it must be, and does not fit what there is by now. */
  public static ProblemException refusal(String name, String rule) {
    return refusal(Map.of("#/" + name, rule));
  }

  private static ProblemException refusal(Map<String, String> errors) {
    var details = new ArrayList<Map<String, String>>();
    errors.forEach((pointer, rule) -> details.add(Map.of("pointer", pointer, "detail", rule)));
    return new ProblemException(
        Response.problem(Problem.INVALID_FIELDS, Map.of("errors", details)));
  }

  /** A name that somebody else chose: 40 characters, and what is half a character is none. */
  private static String shown(String name) {
    var shown = new StringBuilder();
    name.codePoints()
        .limit(40)
        .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(shown::appendCodePoint);
    return shown.length() < name.length() ? shown.append('…').toString() : shown.toString();
  }

  private static boolean isJson(String contentType) {
    var end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end))
        .strip()
        .equalsIgnoreCase("application/json");
  }

  /** Half of a surrogate pair is no character, in whatever way it was escaped. */
  private static boolean isWellFormed(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
