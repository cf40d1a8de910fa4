package pledge.local;

import java.time.Duration;
import java.time.Instant;

/**
 * When a schedule is due: {@code rate(1 hour)} or {@code cron(0 4 * * ? *)}, as EventBridge writes
 * it, in UTC.
 */
sealed interface ScheduleExpression {
  /** The first moment after the given one. */
  Instant after(Instant moment);

  /** As it is written in the template. */
  String text();

  /**
   * Reads either form.
   *
   * @throws MachineException if it is neither
   */
  static ScheduleExpression parse(String text) {
    var open = text.indexOf('(');
    if (open > 0 && text.endsWith(")")) {
      var inner = text.substring(open + 1, text.length() - 1).strip();
      switch (text.substring(0, open)) {
        case "rate" -> {
          return Rate.parse(text, inner);
        }
        case "cron" -> {
          return new Cron(text, CronFields.parse(text, inner));
        }
        default -> {}
      }
    }
    throw new MachineException("The template's schedule is not understood: " + text);
  }

  /** Every so often, counted from the epoch so that a restart changes nothing. */
  record Rate(String text, Duration every) implements ScheduleExpression {
    static Rate parse(String text, String inner) {
      var words = inner.split("\\s+", -1);
      if (words.length == 2 && words[0].matches("[1-9][0-9]*")) {
        var count = Long.parseLong(words[0]);
        switch (words[1]) {
          case "minute", "minutes" -> {
            return new Rate(text, Duration.ofMinutes(count));
          }
          case "hour", "hours" -> {
            return new Rate(text, Duration.ofHours(count));
          }
          case "day", "days" -> {
            return new Rate(text, Duration.ofDays(count));
          }
          default -> {}
        }
      }
      throw new MachineException("The template's schedule is not understood: " + text);
    }

    @Override
    public Instant after(Instant moment) {
      var step = every.toSeconds();
      return Instant.ofEpochSecond((Math.floorDiv(moment.getEpochSecond(), step) + 1) * step);
    }
  }

  /** At certain minutes. */
  record Cron(String text, CronFields fields) implements ScheduleExpression {
    @Override
    public Instant after(Instant moment) {
      return fields.after(moment);
    }
  }
}
