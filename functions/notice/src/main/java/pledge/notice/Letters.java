package pledge.notice;

import pledge.policy.Controller;
import pledge.policy.PublicDocument;
import pledge.processor.Mail;
import pledge.subject.Notice;
import pledge.subject.Notices.Addressee;

/**
 * What our mails say: as plain text, and the same as HTML. Every link begins with the one
 * configured address.
 */
final class Letters {
  private final String baseUrl;

  Letters(String baseUrl) {
    this.baseUrl = baseUrl;
  }

  Mail write(Notice notice, Addressee addressee) {
    return switch (notice.about()) {
      case CONFIRM_ADDRESS ->
          addressee.hasAccount()
              ? letter(
                  addressee,
                  "You have an account already",
                  "Somebody, probably you, signed up with this address. It has an account"
                      + " already: sign in here.",
                  baseUrl + "/",
                  "If it was not you, there is nothing to do: nothing was changed.")
              : letter(
                  addressee,
                  "Confirm your address",
                  "Somebody, probably you, signed up with this address. To open the account,"
                      + " confirm it within 24 hours.",
                  // Behind the # a browser keeps it to itself: no server's log sees the token.
                  baseUrl + "/confirm#" + notice.values(),
                  "If it was not you, there is nothing to do: without the link there is no account,"
                      + " and what was typed in is deleted after 24 hours.");
      case POLICY_CHANGE -> policyChange(addressee, notice.values().split("#", 2));
    };
  }

  private Mail policyChange(Addressee addressee, String[] documentAndVersion) {
    var document = PublicDocument.byId(documentAndVersion[0]).orElseThrow();
    var version = documentAndVersion[1];
    return letter(
        addressee,
        "Our privacy notice changes",
        "We changed the text that you accepted when you opened your account: "
            + document.title()
            + ". What it promises is different in the version of "
            + version
            + ", which stands here:",
        baseUrl + "/privacy/" + document.id() + "/" + version,
        "Your account shows the change until you accept it. If you do not agree, or have a"
            + " question, write to "
            + Controller.EMAIL
            + ".");
  }

  private static Mail letter(
      Addressee addressee, String subject, String before, String link, String after) {
    return new Mail(
        addressee.email().value(),
        subject,
        before + "\n\n" + link + "\n\n" + after + "\n",
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>%1$s</title></head>
        <body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">
        <p>%2$s</p>
        <p><a href="%3$s">%3$s</a></p>
        <p>%4$s</p>
        </body>
        </html>
        """
            .formatted(subject, before, link, after));
  }
}
