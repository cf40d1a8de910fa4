package pledge.vault;

import io.avaje.json.mapper.JsonMapper;
import io.avaje.json.stream.BufferRecycleStrategy;
import io.avaje.json.stream.JsonStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as maps, lists, texts, numbers and flags. Types of its own would cost a cold start. */
public final class Json {
  /**
   * Writes all that it is given, where left to itself it drops an empty list in a list, and pools
   * no buffers: a pool takes time to start, and would keep what requests said.
   */
  public static final JsonStream STREAM =
      JsonStream.builder()
          .serializeEmpty(true)
          .serializeNulls(true)
          .bufferRecycling(BufferRecycleStrategy.NO_RECYCLING)
          .build();

  public static final JsonMapper MAPPER = JsonMapper.builder().jsonStream(STREAM).build();

  private Json() {}

  /**
   * The members of a JSON object that was read.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static Map<String, Object> object(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("no JSON object");
    }
    var members = new LinkedHashMap<String, Object>();
    map.forEach((name, member) -> members.put((String) name, member));
    return members;
  }
}
