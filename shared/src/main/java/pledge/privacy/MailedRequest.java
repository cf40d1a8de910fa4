package pledge.privacy;

import java.time.Instant;

/**
 * What the mail says that has a person confirm what they wrote.
 *
 * @param token of the link
 * @param receivedAt when the person's mail came
 * @param takeBackUntil until when an erasure can be taken back, if it is confirmed at once
 */
public record MailedRequest(String token, Instant receivedAt, Instant takeBackUntil) {
  /** Reads what {@link #text} wrote. */
  public static MailedRequest of(String values) {
    var parts = values.split("#", -1);
    return new MailedRequest(parts[0], Instant.parse(parts[1]), Instant.parse(parts[2]));
  }

  /** As it stands in the outbox. */
  String text() {
    return token + "#" + receivedAt + "#" + takeBackUntil;
  }

  @Override
  public String toString() {
    return "MailedRequest[redacted]";
  }
}
