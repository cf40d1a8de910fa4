package pledge.http;

import java.util.Map;
import pledge.vault.Json;

/** Reads what was answered. */
final class Answers {
  private Answers() {}

  static Map<String, Object> json(String text) {
    return Json.MAPPER.fromJsonObject(text);
  }
}
