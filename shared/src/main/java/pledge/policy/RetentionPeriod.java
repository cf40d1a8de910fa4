package pledge.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAmount;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long data of a category is kept.
 *
 * @param code short, stable, part of the id of an epoch's key
 * @param length a {@link Duration} or a calendar {@link Period}, counted in UTC
 * @param from what the length is counted from
 * @param epoch the grain of the keys whose destruction ends the period; absent where records are
 *     deleted one by one
 * @param words the period in plain words, as in "for 30 days"
 */
public record RetentionPeriod(
    String code, TemporalAmount length, From from, Optional<Epoch> epoch, String words) {

  /** What a period is counted from. */
  public enum From {
    /** The moment the record was made. */
    CREATION,
    /** The moment its subject asked to be erased. */
    ERASURE_REQUEST
  }

  /** Account data: until the account is deleted, and at most 30 days after that (B§4). */
  public static final RetentionPeriod UNTIL_ERASURE =
      new RetentionPeriod(
          "erasure",
          Duration.ofDays(30),
          From.ERASURE_REQUEST,
          Optional.empty(),
          "as long as you have an account, and at most 30 days after you ask us to delete it");

  /** Request content (B§4). */
  public static final RetentionPeriod HOURS_24 =
      fromCreation("24h", Duration.ofHours(24), Epoch.HOUR, "for 24 hours at most");

  /** Logs (B§4). */
  public static final RetentionPeriod DAYS_30 =
      fromCreation("30d", Duration.ofDays(30), Epoch.DAY, "for 30 days at most");

  /** Usage analytics (B§4). */
  public static final RetentionPeriod MONTHS_13 =
      fromCreation("13m", Period.ofMonths(13), Epoch.MONTH, "for 13 months at most");

  /** Billing records (B§4, a legal duty). */
  public static final RetentionPeriod YEARS_7 =
      fromCreation("7y", Period.ofYears(7), null, "for 7 years");

  /**
   * What is deleted after a day without any key of an epoch: a sign-up that nobody confirmed, a
   * counter.
   */
  public static final RetentionPeriod ONE_DAY =
      fromCreation("1d", Duration.ofHours(24), null, "for 24 hours at most");

  /** An export that was made for its owner and waits to be fetched. */
  public static final RetentionPeriod DAYS_7 =
      fromCreation("7d", Duration.ofDays(7), null, "for 7 days at most");

  /** A session's absolute life. */
  public static final RetentionPeriod DAYS_90 =
      fromCreation("90d", Duration.ofDays(90), null, "for 90 days at most");

  /** Service messages: long enough to answer "did you write to me?". */
  public static final RetentionPeriod NOTICES =
      fromCreation("notices", Duration.ofDays(30), null, "for 30 days at most");

  /** The periods that end by the destruction of a key, the shortest first. */
  public static final List<RetentionPeriod> WITH_EPOCHS = List.of(HOURS_24, DAYS_30, MONTHS_13);

  private static RetentionPeriod fromCreation(
      String code, TemporalAmount length, @Nullable Epoch epoch, String words) {
    return new RetentionPeriod(code, length, From.CREATION, Optional.ofNullable(epoch), words);
  }

  /**
   * The moment at which the period is over for what began at {@code start}. After a request to be
   * erased that is 30 days or one calendar month, whichever ends first (B§4, GDPR Art. 12(3)).
   */
  public Instant endsAt(Instant start) {
    var utc = start.atZone(ZoneOffset.UTC);
    var end = utc.plus(length).toInstant();
    return switch (from) {
      case CREATION -> end;
      case ERASURE_REQUEST -> {
        var month = utc.plusMonths(1).toInstant();
        yield month.isBefore(end) ? month : end;
      }
    };
  }
}
