package pledge.http;

import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.util.Map;

/** Reads what was answered. */
final class Answers {
  private Answers() {}

  static Map<String, Object> json(String text) {
    return Jsonb.builder()
        .build()
        .<Map<String, Object>>type(Types.mapOf(Object.class))
        .fromJson(text);
  }
}
