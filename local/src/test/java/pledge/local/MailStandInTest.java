package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.BadRequestException;
import software.amazon.awssdk.services.sesv2.model.MessageHeader;
import software.amazon.awssdk.services.sesv2.model.MessageRejectedException;
import software.amazon.awssdk.services.sesv2.model.SendEmailRequest;

final class MailStandInTest {
  private static final String FROM = "Sample <post@example.org>";

  private Machine machine;
  private SesV2Client mail;

  @BeforeEach
  void start() {
    machine = Machine.start(Sample.options().withoutFunctions().withParameter("MailFrom", FROM));
    mail =
        SesV2Client.builder()
            .endpointOverride(machine.aws())
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(Sample.CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  @AfterEach
  void stop() {
    mail.close();
    machine.close();
  }

  @Test
  void keepsASimpleMail() {
    var sent = mail.sendEmail(simple(request -> {}));

    assertThat(machine.mailbox().mails())
        .containsExactly(
            new Mail(
                sent.messageId(),
                Sample.NOON,
                FROM,
                List.of("ada@example.org"),
                List.of(),
                List.of(),
                List.of(),
                "Hello",
                "Hello Ada",
                "<p>Hello Ada</p>",
                Map.of("List-Unsubscribe", "<https://example.org/u>"),
                ""));
  }

  @Test
  void readsARawMail() {
    var raw = "From: " + FROM + "\r\nTo: ada@example.org\r\nSubject: Raw\r\n\r\nBody";
    mail.sendEmail(
        request ->
            request.content(
                content -> content.raw(data -> data.data(SdkBytes.fromUtf8String(raw)))));

    assertThat(machine.mailbox().newest())
        .hasValueSatisfying(
            mail -> {
              assertThat(mail.subject()).isEqualTo("Raw");
              assertThat(mail.to()).containsExactly("ada@example.org");
              assertThat(mail.text()).isEqualTo("Body");
            });
  }

  @Test
  void refusesAnotherSender() {
    assertThatThrownBy(
            () -> mail.sendEmail(simple(request -> request.fromEmailAddress("else@example.org"))))
        .isInstanceOf(MessageRejectedException.class)
        .hasMessageContaining("not verified");
    assertThat(machine.mailbox().mails()).isEmpty();
  }

  @Test
  void refusesAMailToNobody() {
    assertThatThrownBy(
            () ->
                mail.sendEmail(
                    simple(request -> request.destination(to -> to.toAddresses(List.of())))))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThatThrownBy(
            () ->
                mail.sendEmail(
                    simple(request -> request.destination(to -> to.toAddresses("nobody")))))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void failsAsOftenAsToldTo() {
    machine.mailbox().failNext(1, "BadRequestException", 400);

    assertThatThrownBy(() -> mail.sendEmail(simple(request -> {})))
        .isInstanceOf(BadRequestException.class);
    mail.sendEmail(simple(request -> {}));
    assertThat(machine.mailbox().to("ada@example.org")).hasSize(1);
  }

  @Test
  void isRetriedBySdkWhenItHasNoTime() {
    machine.mailbox().failNext(1, "TooManyRequestsException", 429);
    mail.sendEmail(simple(request -> {}));

    assertThat(machine.mailbox().mails()).hasSize(1);
  }

  private static SendEmailRequest simple(Consumer<SendEmailRequest.Builder> changed) {
    var request =
        SendEmailRequest.builder()
            .fromEmailAddress(FROM)
            .destination(to -> to.toAddresses("ada@example.org"))
            .content(
                content ->
                    content.simple(
                        message ->
                            message
                                .subject(subject -> subject.data("Hello"))
                                .headers(
                                    MessageHeader.builder()
                                        .name("List-Unsubscribe")
                                        .value("<https://example.org/u>")
                                        .build())
                                .body(
                                    body ->
                                        body.text(text -> text.data("Hello Ada"))
                                            .html(html -> html.data("<p>Hello Ada</p>")))));
    changed.accept(request);
    return request.build();
  }
}
