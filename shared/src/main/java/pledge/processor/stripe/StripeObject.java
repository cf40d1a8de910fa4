package pledge.processor.stripe;

import io.avaje.json.JsonException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pledge.vault.Json;

/**
 * What Stripe answered, of which fields are read by their names: nothing else of it is looked at,
 * and none of it is kept.
 */
final class StripeObject {
  private final Map<?, ?> members;

  private StripeObject(Map<?, ?> members) {
    this.members = members;
  }

  /** Reads one; empty where it is none. The parser's words repeat what it read, and are dropped. */
  static Optional<StripeObject> parse(String json) {
    try {
      return Json.MAPPER.fromJson(json) instanceof Map<?, ?> object
          ? Optional.of(new StripeObject(object))
          : Optional.empty();
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /** The text of that name. */
  String text(String name) {
    return optionalText(name).orElseThrow(() -> missing(name));
  }

  Optional<String> optionalText(String name) {
    return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** The number of another object, whether or not Stripe shows that one as a whole. */
  Optional<String> id(String name) {
    return optionalText(name).or(() -> object(name).flatMap(whole -> whole.optionalText("id")));
  }

  long number(String name) {
    return optionalNumber(name).orElseThrow(() -> missing(name));
  }

  Optional<Long> optionalNumber(String name) {
    return members.get(name) instanceof Number number
        ? Optional.of(number.longValue())
        : Optional.empty();
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  /** Stripe's times are seconds. */
  Optional<Instant> instant(String name) {
    return optionalNumber(name).map(Instant::ofEpochSecond);
  }

  /** The object inside it, down these names. */
  Optional<StripeObject> object(String... names) {
    Object value = members;
    for (var name : names) {
      value = value instanceof Map<?, ?> object ? object.get(name) : null;
    }
    return value instanceof Map<?, ?> object
        ? Optional.of(new StripeObject(object))
        : Optional.empty();
  }

  /** The objects of a list of that name: an array, or an object with {@code data}. */
  List<StripeObject> list(String name) {
    var list =
        members.get(name) instanceof Map<?, ?> object ? object.get("data") : members.get(name);
    var objects = new ArrayList<StripeObject>();
    if (list instanceof List<?> items) {
      for (var item : items) {
        if (item instanceof Map<?, ?> object) {
          objects.add(new StripeObject(object));
        }
      }
    }
    return objects;
  }

  /** These fields and no other, where they are there, for a person's copy. */
  Map<String, Object> only(List<String> names) {
    var only = new LinkedHashMap<String, Object>();
    for (var name : names) {
      var value = members.get(name);
      if (value != null) {
        only.put(name, value);
      }
    }
    return only;
  }

  private static IllegalStateException missing(String name) {
    return new IllegalStateException("what Stripe answered lacks its " + name);
  }

  /** It may say anything of anybody. */
  @Override
  public String toString() {
    return "StripeObject[redacted]";
  }
}
