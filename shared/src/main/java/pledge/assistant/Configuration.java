package pledge.assistant;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pledge.vault.Json;

/**
 * How somebody wants their assistant to be; what is left out is the assistant's own business.
 *
 * @param name what it calls itself
 * @param instructions what it is told before each conversation
 * @param language that it answers in, as BCP 47 names it
 * @param model that it asks for replies
 */
public record Configuration(
    Optional<String> name,
    Optional<String> instructions,
    Optional<String> language,
    Optional<String> model) {

  /** Of who has not said anything yet. */
  public static final Configuration NONE =
      new Configuration(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Cloudflare takes 5 KB a variable. */
  private static final int LARGEST = 5_000;

  /** What can be said. */
  public enum Field {
    NAME,
    INSTRUCTIONS,
    LANGUAGE,
    MODEL;

    /** {@code instructions}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is said of one. */
  public Optional<String> get(Field field) {
    return switch (field) {
      case NAME -> name;
      case INSTRUCTIONS -> instructions;
      case LANGUAGE -> language;
      case MODEL -> model;
    };
  }

  /** The same, but for that; empty to say nothing of it any more. */
  public Configuration with(Field field, Optional<String> value) {
    return switch (field) {
      case NAME -> new Configuration(value, instructions, language, model);
      case INSTRUCTIONS -> new Configuration(name, value, language, model);
      case LANGUAGE -> new Configuration(name, instructions, value, model);
      case MODEL -> new Configuration(name, instructions, language, value);
    };
  }

  /** Whether an assistant can be given it. */
  public boolean fits() {
    return json().getBytes(StandardCharsets.UTF_8).length <= LARGEST;
  }

  /** As it is shown. */
  public Map<String, Object> view() {
    var view = new LinkedHashMap<String, Object>();
    for (var field : Field.values()) {
      get(field).ifPresent(value -> view.put(field.id(), value));
    }
    return view;
  }

  /** As it is kept, and as an assistant is given it. */
  public String json() {
    return Json.MAPPER.toJson(view());
  }

  static Configuration of(String json) {
    var map = Json.object(Json.MAPPER.fromJson(json));
    var read = NONE;
    for (var field : Field.values()) {
      read = read.with(field, Optional.ofNullable((String) map.get(field.id())));
    }
    return read;
  }

  @Override
  public String toString() {
    return "Configuration[redacted]";
  }
}
