package pledge.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import pledge.policy.Category;
import pledge.policy.Field;

/**
 * The values of one record by the names that its category declares. A name that is not declared, or
 * a value of another type than declared, is refused here, before anything is written.
 */
public final class Fields {
  private final Category category;
  private final Map<String, Object> values = new TreeMap<>();

  /** No values yet. */
  public Fields(Category category) {
    this.category = category;
  }

  Category category() {
    return category;
  }

  Map<String, Object> values() {
    return values;
  }

  Fields with(String name, Field.Type type, Object value) {
    var field = category.field(name);
    if (field.type() != type) {
      throw new IllegalArgumentException(
          "%s declares %s as %s, not %s".formatted(category, name, field.type(), type));
    }
    values.put(name, value);
    return this;
  }

  public Fields text(String name, String value) {
    return with(name, Field.Type.TEXT, value);
  }

  /** Kept to the millisecond. */
  public Fields instant(String name, Instant value) {
    return with(name, Field.Type.INSTANT, Instant.ofEpochMilli(value.toEpochMilli()));
  }

  public Fields number(String name, long value) {
    return with(name, Field.Type.NUMBER, value);
  }

  public Fields flag(String name, boolean value) {
    return with(name, Field.Type.FLAG, value);
  }

  public Fields bytes(String name, byte[] value) {
    return with(name, Field.Type.BYTES, value);
  }

  public String text(String name) {
    return optionalText(name).orElseThrow(() -> missing(name));
  }

  public Optional<String> optionalText(String name) {
    return get(name, String.class);
  }

  public Instant instant(String name) {
    return optionalInstant(name).orElseThrow(() -> missing(name));
  }

  public Optional<Instant> optionalInstant(String name) {
    return get(name, Instant.class);
  }

  public long number(String name) {
    return optionalNumber(name).orElseThrow(() -> missing(name));
  }

  public Optional<Long> optionalNumber(String name) {
    return get(name, Long.class);
  }

  public boolean flag(String name) {
    return get(name, Boolean.class).orElseThrow(() -> missing(name));
  }

  public byte[] bytes(String name) {
    return get(name, byte[].class).orElseThrow(() -> missing(name));
  }

  /**
   * All but what is {@linkplain Field#secret() secret}, as JSON has it: a time is ISO-8601, bytes
   * are base64.
   */
  public Map<String, Object> shown() {
    var shown = new TreeMap<String, Object>();
    values.forEach(
        (name, value) -> {
          if (!category.field(name).secret()) {
            shown.put(name, shown(value));
          }
        });
    return shown;
  }

  private static Object shown(Object value) {
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    return value instanceof Instant instant ? instant.toString() : value;
  }

  private <T> Optional<T> get(String name, Class<T> type) {
    category.field(name);
    return Optional.ofNullable(values.get(name)).map(type::cast);
  }

  private IllegalStateException missing(String name) {
    return new IllegalStateException("a record of " + category + " lacks " + name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fields fields
        && category == fields.category
        && values.keySet().equals(fields.values.keySet())
        && values.entrySet().stream()
            .allMatch(entry -> same(entry.getValue(), fields.values.get(entry.getKey())));
  }

  private static boolean same(Object one, @Nullable Object other) {
    return (one instanceof byte[] bytes && other instanceof byte[] others)
        ? Arrays.equals(bytes, others)
        : one.equals(other);
  }

  @Override
  public int hashCode() {
    return category.hashCode() * 31 + values.keySet().hashCode();
  }

  /** Names only: a value may be personal. */
  @Override
  public String toString() {
    return category + values.keySet().toString();
  }
}
