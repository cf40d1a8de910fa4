package pledge.notice;

import java.util.List;
import java.util.stream.Collectors;
import pledge.processor.Mail;
import pledge.subject.Notices.Addressee;

/** A mail in paragraphs: as plain text, and the same as HTML. */
final class Letter {
  private Letter() {}

  static Mail to(Addressee addressee, String subject, List<String> paragraphs) {
    return new Mail(
        addressee.email().value(),
        subject,
        String.join("\n\n", paragraphs) + "\n",
        page(
            subject,
            paragraphs.stream()
                .map(text -> "<p>" + paragraph(text) + "</p>")
                .collect(Collectors.joining("\n"))));
  }

  /** What is an address and nothing else can be followed. */
  private static String paragraph(String text) {
    var escaped = escaped(text);
    return text.matches("https?://\\S+")
        ? "<a href=\"%1$s\">%1$s</a>".formatted(escaped)
        : escaped.replace("\n", "<br>\n");
  }

  /** What people typed is text, whatever it looks like. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String page(String subject, String content) {
    return """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><title>%s</title></head>
    <body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">
    %s
    </body>
    </html>
    """
        .formatted(subject, content);
  }
}
