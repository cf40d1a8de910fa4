package pledge.local;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /_local/mail}: what would have been sent. */
final class MailPages {
  private static final String MAILS = "/_local/mail/";

  private final Machine machine;
  private final Pattern ownLink;

  MailPages(Machine machine) {
    this.machine = machine;
    // Only links that lead back to this machine become links here.
    this.ownLink =
        Pattern.compile(Pattern.quote(Html.escape(machine.api().toString())) + "[^\\s<>\"']*");
  }

  Answer answer(Call call, String path) {
    var mails = machine.mailbox().mails();
    if (path.equals("mail.json") || (path.equals("mail") && wantsJson(call))) {
      return Answer.json(200, Json.of(mails.stream().map(Mailbox::write).toList()));
    }
    if (path.equals("mail")) {
      return list(mails);
    }
    var html = path.endsWith("/html");
    var id = path.substring("mail/".length(), path.length() - (html ? "/html".length() : 0));
    Optional<Mail> found = mails.stream().filter(mail -> mail.messageId().equals(id)).findFirst();
    return found
        .map(mail -> html ? sandboxed(mail) : one(mail))
        .orElseGet(
            () ->
                Html.page(
                    404, "No such mail", "<p>" + Html.link("/_local/mail", "All mails") + "</p>"));
  }

  private static Answer list(List<Mail> mails) {
    var rows = new ArrayList<List<String>>();
    for (var mail : mails.reversed()) {
      rows.add(
          List.of(
              Html.link(
                  MAILS + mail.messageId(),
                  mail.subject().isEmpty() ? "(no subject)" : mail.subject()),
              Html.escape(String.join(", ", mail.to())),
              Html.code(mail.sentAt().toString())));
    }
    return Html.page(
        200,
        "Mail",
        "<p>Nothing leaves this machine. Newest first; as "
            + Html.link("/_local/mail.json", "JSON")
            + ".</p>\n"
            + Html.table("Sent", List.of("Subject", "To", "When"), rows));
  }

  private Answer one(Mail mail) {
    var body = new StringBuilder();
    body.append("<p>From ")
        .append(Html.escape(mail.from()))
        .append("<br>To ")
        .append(Html.escape(String.join(", ", mail.to())));
    if (!mail.cc().isEmpty()) {
      body.append("<br>Cc ").append(Html.escape(String.join(", ", mail.cc())));
    }
    body.append("<br>").append(Html.code(mail.sentAt().toString()));
    mail.headers()
        .forEach((name, value) -> body.append("<br>").append(Html.code(name + ": " + value)));
    body.append("</p>\n<h2>Text</h2>\n<pre>").append(withLinks(mail.text())).append("</pre>\n");
    if (!mail.html().isEmpty()) {
      body.append("<h2>HTML</h2>\n<iframe sandbox title=\"The mail as HTML\" src=\"")
          .append(Html.escape(MAILS + mail.messageId() + "/html"))
          .append("\"></iframe>\n");
    }
    return Html.page(200, mail.subject(), body.toString());
  }

  /** The mail's own HTML: it may show itself and nothing more. */
  private static Answer sandboxed(Mail mail) {
    return Answer.of(200, "text/html; charset=utf-8", mail.html().getBytes(StandardCharsets.UTF_8))
        .with(
            "Content-Security-Policy",
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors"
                + " 'self'")
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store");
  }

  private String withLinks(String text) {
    return ownLink
        .matcher(Html.escape(text))
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    "<a href=\"" + match.group() + "\">" + match.group() + "</a>"));
  }

  private static boolean wantsJson(Call call) {
    return call.header("Accept").orElse("").contains("application/json");
  }
}
