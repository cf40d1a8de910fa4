package pledge.staffrequest;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import pledge.http.JsonBody;
import pledge.http.Request;
import pledge.subject.EmailAddress;
import pledge.subject.Link;

/** What staff say of a mail: {@code email}, {@code kind}, {@code receivedAt}. */
record MailedRequestForm(EmailAddress email, Link.Purpose kind, Instant receivedAt) {
  /**
   * One that was overlooked for months is opened still, with its true day; a slip of a year is not.
   */
  private static final Duration OLDEST = Duration.ofDays(365);

  static MailedRequestForm read(Request request, Instant now) {
    var body = JsonBody.of(request);
    var email = body.text("email", "must be an e-mail address", EmailAddress::parse);
    var kind = body.text("kind", "must be erasure or export", Link.Purpose::byId);
    var receivedAt =
        body.text(
            "receivedAt",
            "must be a time of the last 365 days: 2026-11-21T09:30:00Z",
            text -> lately(text, now));
    body.check();
    return new MailedRequestForm(email.orElseThrow(), kind.orElseThrow(), receivedAt.orElseThrow());
  }

  private static Optional<Instant> lately(String text, Instant now) {
    try {
      return Optional.of(Instant.parse(text))
          .filter(time -> !time.isBefore(now.minus(OLDEST)) && !time.isAfter(now))
          // As it is stored.
          .map(time -> time.truncatedTo(ChronoUnit.MILLIS));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
