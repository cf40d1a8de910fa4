package pledge.vault;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import pledge.policy.RetentionPeriod;

/**
 * The epoch of a retention period, and so the key that everything kept for that period and made in
 * that hour, day or month is sealed under.
 *
 * @param period has an epoch
 * @param start the epoch's first moment
 */
public record EpochId(RetentionPeriod period, Instant start) {
  /**
   * The epoch that holds that moment.
   *
   * @throws IllegalArgumentException where the period has no epochs
   */
  public static EpochId of(RetentionPeriod period, Instant moment) {
    var epoch =
        period
            .epoch()
            .orElseThrow(() -> new IllegalArgumentException(period.code() + " has no epochs"));
    return new EpochId(period, epoch.startOf(moment));
  }

  /**
   * When the key is destroyed: the period after the epoch's start, so that nothing is readable for
   * longer than promised, and nothing for less than the period minus one epoch.
   */
  public Instant endsAt() {
    return period.endsAt(start);
  }

  /**
   * Reads what {@link #value()} wrote.
   *
   * @throws IllegalArgumentException where it is no epoch's id
   */
  public static EpochId parse(String value) {
    var separator = value.indexOf('#');
    for (var period : RetentionPeriod.WITH_EPOCHS) {
      if (separator > 0 && period.code().equals(value.substring(0, separator))) {
        try {
          return new EpochId(period, Instant.parse(value.substring(separator + 1)));
        } catch (DateTimeParseException e) {
          throw new IllegalArgumentException("no epoch starts there", e);
        }
      }
    }
    throw new IllegalArgumentException("no such period");
  }

  /** {@code 30d#2026-11-21T00:00:00Z}. */
  public String value() {
    return period.code() + "#" + start;
  }
}
