package pledge.local;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The six fields of AWS's cron: minutes, hours, day of month, month, day of week (1 is Sunday),
 * year. One of the two day fields is {@code ?}. {@code L} (last day) and {@code 2#1} (first Monday)
 * are understood, {@code W} is not.
 */
record CronFields(
    BitSet minutes, BitSet hours, BitSet months, BitSet years, Predicate<LocalDate> day) {
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final int LAST_YEAR = 2199;

  static CronFields parse(String text, String inner) {
    var fields = inner.split("\\s+", -1);
    if (fields.length != 6 || fields[2].equals("?") == fields[4].equals("?")) {
      throw new MachineException(
          "The template's schedule needs six fields, one of the day fields '?': " + text);
    }
    try {
      return new CronFields(
          set(fields[0], 0, 59, List.of(), 0),
          set(fields[1], 0, 23, List.of(), 0),
          set(fields[3], 1, 12, MONTHS, 1),
          set(fields[5], 1970, LAST_YEAR, List.of(), 0),
          fields[2].equals("?") ? dayOfWeek(fields[4]) : dayOfMonth(fields[2]));
    } catch (IllegalArgumentException e) {
      throw new MachineException("The template's schedule is not understood: " + text, e);
    }
  }

  Instant after(Instant moment) {
    var from =
        LocalDateTime.ofInstant(moment, ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.MINUTES)
            .plusMinutes(1);
    var earliest = from.toLocalTime();
    for (var date = from.toLocalDate(); date.getYear() <= LAST_YEAR; date = date.plusDays(1)) {
      if (years.get(date.getYear()) && months.get(date.getMonthValue()) && day.test(date)) {
        for (var hour = hours.nextSetBit(earliest.getHour());
            hour >= 0;
            hour = hours.nextSetBit(hour + 1)) {
          var minute = minutes.nextSetBit(hour == earliest.getHour() ? earliest.getMinute() : 0);
          if (minute >= 0) {
            return date.atTime(hour, minute).toInstant(ZoneOffset.UTC);
          }
        }
      }
      earliest = LocalTime.MIDNIGHT;
    }
    return Instant.MAX;
  }

  private static Predicate<LocalDate> dayOfMonth(String field) {
    if (field.equals("L")) {
      return date -> date.equals(date.with(TemporalAdjusters.lastDayOfMonth()));
    }
    var days = set(field, 1, 31, List.of(), 0);
    return date -> days.get(date.getDayOfMonth());
  }

  private static Predicate<LocalDate> dayOfWeek(String field) {
    var hash = field.indexOf('#');
    if (hash > 0) {
      var day = number(field.substring(0, hash), DAYS, 1);
      var week = Integer.parseInt(field.substring(hash + 1));
      return date -> weekday(date) == day && (date.getDayOfMonth() - 1) / 7 + 1 == week;
    }
    var days = set(field, 1, 7, DAYS, 1);
    return date -> days.get(weekday(date));
  }

  private static int weekday(LocalDate date) {
    return date.getDayOfWeek().getValue() % 7 + 1;
  }

  private static BitSet set(String field, int min, int max, List<String> names, int firstName) {
    var values = new BitSet(max + 1);
    for (var part : field.split(",", -1)) {
      var slash = part.split("/", 2);
      var range = slash[0].split("-", 2);
      var all = slash[0].equals("*");
      var from = all ? min : number(range[0], names, firstName);
      var to =
          all || (slash.length > 1 && range.length == 1)
              ? max
              : number(range[range.length - 1], names, firstName);
      var step = slash.length > 1 ? Integer.parseInt(slash[1]) : 1;
      if (from < min || to > max || from > to || step < 1) {
        throw new IllegalArgumentException(part);
      }
      for (var value = from; value <= to; value += step) {
        values.set(value);
      }
    }
    return values;
  }

  private static int number(String text, List<String> names, int firstName) {
    var named = names.indexOf(text.toUpperCase(Locale.ROOT));
    return named >= 0 ? named + firstName : Integer.parseInt(text);
  }
}
