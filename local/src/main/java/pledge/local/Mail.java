package pledge.local;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A mail that was handed over for sending.
 *
 * @param html empty if there is none
 * @param raw the whole message as it was sent; empty unless it was sent raw
 */
public record Mail(
    String messageId,
    Instant sentAt,
    String from,
    List<String> to,
    List<String> cc,
    List<String> bcc,
    List<String> replyTo,
    String subject,
    String text,
    String html,
    Map<String, String> headers,
    String raw) {
  /** Never the text: it may hold a link that signs in. */
  @Override
  public String toString() {
    return "Mail[" + messageId + "]";
  }
}
