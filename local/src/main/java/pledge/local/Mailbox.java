package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every mail that functions sent, oldest first: nothing leaves the machine. */
public final class Mailbox {
  private static final String KIND = "mail";

  private final Store store;
  private final List<Mail> mails = new ArrayList<>();
  private int failures;
  private String failure = "";
  private int failureStatus;

  Mailbox(Store store) {
    this.store = store;
    store.all(KIND).values().forEach(kept -> mails.add(read(kept)));
  }

  /** All mails, newest last. */
  public synchronized List<Mail> mails() {
    return List.copyOf(mails);
  }

  /** The mails to one address, newest last. */
  public List<Mail> to(String address) {
    return mails().stream().filter(mail -> mail.to().contains(address)).toList();
  }

  /** The newest mail, if there is any. */
  public Optional<Mail> newest() {
    return mails().reversed().stream().findFirst();
  }

  /**
   * Answers the next n attempts to send with an error, such as {@code TooManyRequestsException}
   * with 429.
   */
  public synchronized void failNext(int n, String errorType, int status) {
    failures = n;
    failure = errorType;
    failureStatus = status;
  }

  /** Empties the box and forgets failures asked for. */
  public synchronized void clear() {
    for (var i = 0; i < mails.size(); i++) {
      store.remove(KIND, id(i));
    }
    mails.clear();
    failures = 0;
  }

  /** The error that a test wants for this attempt, if it wants one. */
  synchronized Optional<SesException> nextFailure() {
    if (failures == 0) {
      return Optional.empty();
    }
    failures--;
    return Optional.of(new SesException(failure, failureStatus, "A test asked for this error."));
  }

  synchronized void keep(Mail mail) {
    store.put(KIND, id(mails.size()), Json.of(write(mail)));
    mails.add(mail);
  }

  private static String id(int index) {
    return String.format(java.util.Locale.ROOT, "%08d", index);
  }

  static Map<String, Object> write(Mail mail) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("messageId", mail.messageId());
    fields.put("sentAt", mail.sentAt().toString());
    fields.put("from", mail.from());
    fields.put("to", mail.to());
    fields.put("cc", mail.cc());
    fields.put("bcc", mail.bcc());
    fields.put("replyTo", mail.replyTo());
    fields.put("subject", mail.subject());
    fields.put("text", mail.text());
    fields.put("html", mail.html());
    fields.put("headers", mail.headers());
    fields.put("raw", mail.raw());
    return fields;
  }

  private static Mail read(JsonNode kept) {
    var headers = new LinkedHashMap<String, String>();
    kept.path("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
    return new Mail(
        kept.path("messageId").asText(),
        Instant.parse(kept.path("sentAt").asText()),
        kept.path("from").asText(),
        texts(kept.path("to")),
        texts(kept.path("cc")),
        texts(kept.path("bcc")),
        texts(kept.path("replyTo")),
        kept.path("subject").asText(),
        kept.path("text").asText(),
        kept.path("html").asText(),
        headers,
        kept.path("raw").asText());
  }

  static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }
}
