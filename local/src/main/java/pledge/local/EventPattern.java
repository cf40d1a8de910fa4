package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.stream.StreamSupport;

/**
 * An EventBridge event pattern: exact values, {@code prefix}, {@code suffix}, {@code
 * equals-ignore-case}, {@code exists}, {@code anything-but} and {@code numeric}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html">operators</a>
 */
record EventPattern(JsonNode pattern) {
  /**
   * Reads a pattern.
   *
   * @throws MachineException if it is not one, or uses an operator that is not known here
   */
  static EventPattern parse(String text) {
    try {
      var pattern = Json.parse(text);
      check(pattern, text);
      return new EventPattern(pattern);
    } catch (IllegalArgumentException e) {
      throw new MachineException("The template's event pattern is not JSON: " + text, e);
    }
  }

  boolean matches(JsonNode event) {
    return matches(pattern, event);
  }

  private static boolean matches(JsonNode pattern, JsonNode event) {
    return pattern.properties().stream()
        .allMatch(
            field -> {
              var value = event.path(field.getKey());
              return field.getValue().isArray()
                  ? any(field.getValue(), value)
                  : matches(field.getValue(), value);
            });
  }

  /** One of the rules holds; where the event has an array, for one of its elements. */
  private static boolean any(JsonNode rules, JsonNode value) {
    return StreamSupport.stream(rules.spliterator(), false)
        .anyMatch(
            rule ->
                value.isArray()
                    ? StreamSupport.stream(value.spliterator(), false)
                        .anyMatch(element -> holds(rule, element))
                    : holds(rule, value));
  }

  private static boolean holds(JsonNode rule, JsonNode value) {
    if (!rule.isObject()) {
      return same(rule, value);
    }
    var only = rule.properties().iterator().next();
    var operand = only.getValue();
    return switch (only.getKey()) {
      // Only leaves exist, as EventBridge sees it.
      case "exists" -> operand.asBoolean() == value.isValueNode();
      case "prefix" -> value.isTextual() && value.asText().startsWith(operand.asText());
      case "suffix" -> value.isTextual() && value.asText().endsWith(operand.asText());
      case "equals-ignore-case" ->
          value.isTextual() && value.asText().equalsIgnoreCase(operand.asText());
      case "anything-but" ->
          !value.isMissingNode()
              && !any(operand.isArray() ? operand : Json.array().add(operand), value);
      case "numeric" -> value.isNumber() && inRange(operand, value.decimalValue());
      default -> throw new IllegalStateException("checked when read");
    };
  }

  private static boolean same(JsonNode expected, JsonNode value) {
    return (expected.isNumber() && value.isNumber())
        ? expected.decimalValue().compareTo(value.decimalValue()) == 0
        : expected.equals(value);
  }

  private static boolean inRange(JsonNode comparisons, BigDecimal value) {
    for (var i = 0; i + 1 < comparisons.size(); i += 2) {
      var order = value.compareTo(comparisons.get(i + 1).decimalValue());
      var holds =
          switch (comparisons.get(i).asText()) {
            case "=" -> order == 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalStateException("no comparison: " + comparisons.get(i));
          };
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private static void check(JsonNode pattern, String text) {
    pattern
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isObject()) {
                check(field.getValue(), text);
              } else if (!field.getValue().isArray()) {
                throw new MachineException(
                    "The template's event pattern needs lists of values: " + text);
              }
              for (var rule : field.getValue()) {
                if (field.getValue().isArray() && rule.isObject() && !known(rule)) {
                  throw new MachineException(
                      "The template's event pattern has an operator that the local machine does not"
                          + " know: "
                          + text);
                }
              }
            });
  }

  private static boolean known(JsonNode rule) {
    var names =
        java.util.Set.of(
            "exists", "prefix", "suffix", "equals-ignore-case", "anything-but", "numeric");
    return rule.size() == 1 && names.contains(rule.fieldNames().next());
  }
}
