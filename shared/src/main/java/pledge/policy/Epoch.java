package pledge.policy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** The grain in which keys of data with a fixed period are made and destroyed; all in UTC. */
public enum Epoch {
  HOUR,
  DAY,
  MONTH;

  /** The first moment of the epoch that holds {@code moment}. */
  public Instant startOf(Instant moment) {
    return utcStartOf(moment).toInstant();
  }

  /** The first moment of the epoch after the one that holds {@code moment}. */
  public Instant startAfter(Instant moment) {
    var start = utcStartOf(moment);
    return switch (this) {
      case HOUR -> start.plusHours(1).toInstant();
      case DAY -> start.plusDays(1).toInstant();
      case MONTH -> start.plusMonths(1).toInstant();
    };
  }

  private ZonedDateTime utcStartOf(Instant moment) {
    var utc = moment.atZone(ZoneOffset.UTC);
    return switch (this) {
      case HOUR -> utc.truncatedTo(ChronoUnit.HOURS);
      case DAY -> utc.truncatedTo(ChronoUnit.DAYS);
      case MONTH -> utc.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
    };
  }
}
