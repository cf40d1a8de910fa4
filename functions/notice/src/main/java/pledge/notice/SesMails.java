package pledge.notice;

import pledge.processor.Mail;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.Content;

/** Mail by Amazon SES, API version 2. */
final class SesMails implements Mail.Service {
  private final SesV2Client ses;
  private final String from;

  SesMails(SesV2Client ses, String from) {
    this.ses = ses;
    this.from = from;
  }

  @Override
  public void send(Mail mail) {
    try {
      ses.sendEmail(
          request ->
              request
                  .fromEmailAddress(from)
                  .destination(to -> to.toAddresses(mail.to()))
                  .content(
                      content ->
                          content.simple(
                              simple ->
                                  simple
                                      .subject(utf8(mail.subject()))
                                      .body(
                                          body ->
                                              body.text(utf8(mail.text()))
                                                  .html(utf8(mail.html()))))));
    } catch (SdkException e) {
      throw new UnavailableException("SES", e);
    }
  }

  private static Content utf8(String text) {
    return Content.builder().data(text).charset("UTF-8").build();
  }
}
