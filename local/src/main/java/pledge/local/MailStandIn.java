package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** SES v2's {@code SendEmail} on loopback; what is sent lands in the {@link Mailbox}. */
final class MailStandIn implements StandIn {
  static final String PATH = "/v2/email/outbound-emails";

  private static final int MAX_BYTES = 40 * 1024 * 1024;
  private static final int MAX_RECIPIENTS = 50;
  private static final Pattern ADDRESS = Pattern.compile("[^@\\s<>]+@[^@\\s<>]+");
  private static final Pattern NAMED = Pattern.compile("^[^<>]*<([^<>]+)>$");

  private final Mailbox mailbox;
  private final String identity;
  private final URI address;
  private final InstantSource clock;

  /**
   * @param identity the one address, or address with a name, that may send
   */
  MailStandIn(Mailbox mailbox, String identity, URI address, InstantSource clock) {
    this.mailbox = mailbox;
    this.identity = bare(identity);
    this.address = address;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "SES";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("AWS_ENDPOINT_URL_SESV2", address.toString());
  }

  Answer answer(Call call) {
    try {
      if (!call.method().equals("POST") || !call.path().equals(PATH)) {
        throw new SesException("NotFoundException", 404, "The stand-in only sends mail.");
      }
      var failure = mailbox.nextFailure();
      if (failure.isPresent()) {
        throw failure.get();
      }
      var mail = mail(parse(call));
      mailbox.keep(mail);
      return Answer.json(200, Json.object().put("MessageId", mail.messageId()));
    } catch (SesException e) {
      return e.answer();
    }
  }

  private static JsonNode parse(Call call) {
    if (call.body().length > MAX_BYTES) {
      throw badRequest("The message is longer than 40 MB.");
    }
    try {
      return Json.parse(call.body());
    } catch (IllegalArgumentException _) {
      throw badRequest("The request is not JSON.");
    }
  }

  private Mail mail(JsonNode request) {
    var raw = raw(request);
    var from = request.path("FromEmailAddress").asText(header(raw, "From"));
    var sender = bare(from);
    if (!sender.equals(identity)) {
      throw new SesException(
          "MessageRejected",
          400,
          "Email address is not verified. The following identities failed the check in region "
              + Names.REGION.toUpperCase(Locale.ROOT)
              + ": "
              + sender);
    }
    var destination = request.path("Destination");
    var to = Mailbox.texts(destination.path("ToAddresses"));
    var cc = Mailbox.texts(destination.path("CcAddresses"));
    var bcc = Mailbox.texts(destination.path("BccAddresses"));
    if (to.isEmpty() && !raw.isEmpty()) {
      to = List.of(header(raw, "To").split("\\s*,\\s*"));
    }
    checkRecipients(to, cc, bcc);
    var simple = request.path("Content").path("Simple");
    if (raw.isEmpty() && (text(simple.path("Subject")).isEmpty() || !simple.has("Body"))) {
      throw badRequest("Content needs a Simple message with Subject and Body, or a Raw one.");
    }
    return new Mail(
        UUID.randomUUID().toString(),
        clock.instant(),
        from,
        to,
        cc,
        bcc,
        Mailbox.texts(request.path("ReplyToAddresses")),
        raw.isEmpty() ? text(simple.path("Subject")) : header(raw, "Subject"),
        raw.isEmpty() ? text(simple.path("Body").path("Text")) : body(raw),
        text(simple.path("Body").path("Html")),
        headers(simple.path("Headers")),
        raw);
  }

  private static void checkRecipients(List<String> to, List<String> cc, List<String> bcc) {
    var count = to.size() + cc.size() + bcc.size();
    if (count == 0) {
      throw badRequest("1 validation error detected: a destination is required.");
    }
    if (count > MAX_RECIPIENTS) {
      throw badRequest("Recipient count exceeds 50.");
    }
    for (var list : List.of(to, cc, bcc)) {
      for (var recipient : list) {
        if (!ADDRESS.matcher(bare(recipient)).matches()) {
          throw badRequest("Missing final '@domain' or illegal address");
        }
      }
    }
  }

  private static String raw(JsonNode request) {
    var data = request.path("Content").path("Raw").path("Data").asText();
    try {
      return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw badRequest("Raw.Data is not Base64.");
    }
  }

  /** A header of a raw message, unfolded; empty if it is not there. */
  private static String header(String raw, String name) {
    var head = raw.split("\r?\n\r?\n", 2)[0].replaceAll("\r?\n[ \t]+", " ");
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static String body(String raw) {
    var parts = raw.split("\r?\n\r?\n", 2);
    return parts.length > 1 ? parts[1] : "";
  }

  private static Map<String, String> headers(JsonNode headers) {
    var found = new LinkedHashMap<String, String>();
    headers.forEach(
        header -> found.put(header.path("Name").asText(), header.path("Value").asText()));
    return found;
  }

  private static String text(JsonNode content) {
    return content.path("Data").asText();
  }

  private static String bare(String address) {
    var named = NAMED.matcher(address.strip());
    return (named.matches() ? named.group(1) : address).strip().toLowerCase(Locale.ROOT);
  }

  private static SesException badRequest(String message) {
    return new SesException("BadRequestException", 400, message);
  }
}
