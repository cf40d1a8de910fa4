package pledge.subject;

import java.time.Instant;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * A text message that was sent. Its id is the number that the provider gave it, so that whoever
 * hears that its time is over can have the provider delete it, and reads nothing.
 *
 * @param about what it is about
 * @param status whether it was delivered, in the provider's words
 */
public record TextMessage(String about, String text, String status, Instant sentAt) {
  public static final Kind<TextMessage> KIND =
      new Kind<>(Category.TEXT_MESSAGE, "TEXT", 1, TextMessage::write, TextMessage::read);

  private Fields write() {
    return new Fields(Category.TEXT_MESSAGE)
        .text("kind", about)
        .text("text", text)
        .text("status", status)
        .instant("sentAt", sentAt);
  }

  private static TextMessage read(Fields fields) {
    return new TextMessage(
        fields.text("kind"), fields.text("text"), fields.text("status"), fields.instant("sentAt"));
  }

  @Override
  public String toString() {
    return "TextMessage[redacted]";
  }
}
