package pledge.assistantapi;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import pledge.assistant.Configuration;
import pledge.assistant.Configuration.Field;
import pledge.http.Characters;
import pledge.http.JsonBody;
import pledge.http.Request;

/**
 * How somebody wants their assistant to be: what is not in it stays as it is, and what is empty is
 * said no more.
 *
 * @param revision of the settings that they saw
 * @param changes what they say of each field; empty to say nothing of it any more
 */
record SettingsForm(String revision, Map<Field, String> changes) {
  private static final int LONGEST_NAME = 60;
  private static final int LONGEST_INSTRUCTIONS = 4_000;

  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");
  private static final Pattern MODEL =
      Pattern.compile("(?=.{1,64}$)[@A-Za-z0-9][A-Za-z0-9._:-]*(/[A-Za-z0-9][A-Za-z0-9._:-]*)*");

  static SettingsForm read(Request request) {
    var body = JsonBody.of(request);
    var revision =
        body.text(
            "revision", "must be the revision that was shown", text -> matching(REVISION, text));
    var changes = new EnumMap<Field, String>(Field.class);
    for (var field : Field.values()) {
      body.optionalText(field.id(), rule(field) + ", or empty", text -> value(field, text))
          .ifPresent(value -> changes.put(field, value));
    }
    body.check();
    return new SettingsForm(revision.orElseThrow(), changes);
  }

  Configuration change(Configuration before) {
    var after = before;
    for (var change : changes.entrySet()) {
      var value = Optional.of(change.getValue()).filter(text -> !text.isEmpty());
      after = after.with(change.getKey(), value);
    }
    return after;
  }

  private static String rule(Field field) {
    return switch (field) {
      case NAME -> "must be one line of 1 to 60 characters";
      case INSTRUCTIONS -> "must be 1 to 4000 characters";
      case LANGUAGE -> "must be a language tag, such as en or pt-BR";
      case MODEL -> "must be the name of a model";
    };
  }

  private static Optional<String> value(Field field, String text) {
    if (text.isEmpty()) {
      return Optional.of(text);
    }
    Function<String, Optional<String>> reader =
        switch (field) {
          case NAME ->
              name -> Characters.legible(name, LONGEST_NAME).filter(line -> line.indexOf('\n') < 0);
          case INSTRUCTIONS -> lines -> Characters.legible(lines, LONGEST_INSTRUCTIONS);
          case LANGUAGE -> tag -> matching(LANGUAGE, tag);
          case MODEL -> name -> matching(MODEL, name);
        };
    return reader.apply(text);
  }

  private static Optional<String> matching(Pattern form, String text) {
    return form.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }

  @Override
  public String toString() {
    return "SettingsForm[redacted]";
  }
}
