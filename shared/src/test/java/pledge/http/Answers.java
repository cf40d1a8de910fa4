package pledge.http;

import io.avaje.json.mapper.JsonMapper;
import java.util.Map;

/** Reads what was answered. */
final class Answers {
  private Answers() {}

  static Map<String, Object> json(String text) {
    return JsonMapper.builder().build().fromJsonObject(text);
  }
}
