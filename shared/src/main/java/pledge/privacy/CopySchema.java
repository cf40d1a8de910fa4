package pledge.privacy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import pledge.policy.Category;
import pledge.policy.Field;

/**
 * The JSON Schema (2020-12) of the files in a copy, one definition a category: what whoever gets a
 * copy can rely on (GDPR Art. 20, "structured, commonly used and machine-readable").
 */
public final class CopySchema {
  /** Where anybody reads it, on our own address. */
  public static final String PATH = "/privacy/copy-schema.json";

  static final String ID = "id";
  static final String RECORDED_AT = "recordedAt";
  static final String KEPT_UNTIL = "keptUntil";

  private CopySchema() {}

  /** What an export has, in the order of their declaration. */
  static List<Category> categories() {
    return Stream.of(Category.values()).filter(CopySchema::isIn).toList();
  }

  static boolean isIn(Category category) {
    return category.personal() && category.whyNotExported().isEmpty();
  }

  /** What is shown of a category: all that opens nothing. */
  static List<Field> fields(Category category) {
    return category.fields().stream().filter(field -> !field.secret()).toList();
  }

  /** {@code api-request-log}. */
  static String name(Category category) {
    return category.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The schema, as it is served and put into every copy.
   *
   * @param issuer the service's address
   */
  public static Map<String, Object> of(String issuer) {
    var definitions = new LinkedHashMap<String, Object>();
    categories().forEach(category -> definitions.put(name(category), definition(category)));
    var schema = new LinkedHashMap<String, Object>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", issuer + PATH);
    schema.put("title", "A copy of your data: data/NAME.json is as $defs/NAME says");
    schema.put("$defs", definitions);
    return schema;
  }

  private static Map<String, Object> definition(Category category) {
    var properties = new LinkedHashMap<String, Object>();
    properties.put(ID, described("string", "which of several it is"));
    properties.put(RECORDED_AT, time("when it was recorded"));
    properties.put(KEPT_UNTIL, time("when it is deleted by itself"));
    fields(category).forEach(field -> properties.put(field.name(), property(field)));
    var items = new LinkedHashMap<String, Object>();
    items.put("type", "object");
    items.put("properties", properties);
    items.put("required", List.of(RECORDED_AT));
    items.put("additionalProperties", false);
    var definition = described("array", category.words());
    definition.put("items", items);
    return definition;
  }

  private static Map<String, Object> property(Field field) {
    return switch (field.type()) {
      case TEXT -> described("string", field.words());
      case NUMBER -> described("integer", field.words());
      case FLAG -> described("boolean", field.words());
      case INSTANT -> time(field.words());
      case BYTES -> {
        var bytes = described("string", field.words());
        bytes.put("contentEncoding", "base64");
        yield bytes;
      }
    };
  }

  private static Map<String, Object> time(String words) {
    var time = described("string", words);
    time.put("format", "date-time");
    return time;
  }

  private static Map<String, Object> described(String type, String words) {
    var described = new LinkedHashMap<String, Object>();
    described.put("type", type);
    described.put("description", words);
    return described;
  }
}
