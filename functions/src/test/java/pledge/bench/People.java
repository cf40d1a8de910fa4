package pledge.bench;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pledge.local.Machine;
import pledge.notice.NoticeHandler;
import pledge.policy.PolicyDocument;
import pledge.runtime.Events;

/** People at every stage of an account, made by the functions themselves. */
final class People {
  private static final String PASSWORD = "correct horse battery staple";
  private static final Pattern LINK = Pattern.compile("/confirm#([A-Za-z0-9_-]{64})");
  private static final Pattern COOKIE = Pattern.compile("(__Host-session=[^;\"]+)");

  private final Machine machine;
  private final NoticeHandler notices;
  private int people;

  /** On a machine where nobody sends notices but we. */
  People(Machine machine) {
    this.machine = machine;
    notices = new NoticeHandler(machine.environment("NoticeFunction"), machine.clock());
  }

  /** The request of somebody who was never seen before. */
  byte[] signUp() {
    return signUp(nobodyYet());
  }

  /** The queued notices of sign-ups, none of them sent. */
  List<String> notices(int number) {
    var queue = machine.queue("NoticeQueue");
    machine.settle();
    queue.purge();
    for (var i = 0; i < number; i++) {
      invoke("SignupFunction", signUp());
    }
    machine.settle();
    var bodies = queue.bodies();
    queue.purge();
    return bodies;
  }

  /** The requests that turn sign-ups into accounts. */
  List<byte[]> confirmations(int number) {
    return tokens(number).stream()
        .map(
            token ->
                Events.post(
                    "/signup/confirmation",
                    "{\"token\": \"%s\", \"password\": \"%s\"}".formatted(token, PASSWORD)))
        .toList();
  }

  /** The requests by which people with an account sign in, each for the first time. */
  List<byte[]> signIns(int number) {
    var first = people;
    confirmations(number).forEach(confirmation -> invoke("SignupFunction", confirmation));
    return Stream.iterate(first, person -> person + 1)
        .limit(number)
        .map(
            person ->
                Events.post(
                    "/session",
                    "{\"email\": \"%s\", \"password\": \"%s\"}"
                        .formatted(address(person), PASSWORD)))
        .toList();
  }

  /** The cookies of people who are signed in. */
  List<String> cookies(int number) {
    return signIns(number).stream()
        .map(signIn -> cookie(invoke("SessionFunction", signIn)).orElseThrow())
        .toList();
  }

  /** The cookie of a session that an answer opens. */
  static Optional<String> cookie(String answer) {
    return Optional.of(COOKIE.matcher(answer)).filter(Matcher::find).map(found -> found.group(1));
  }

  private List<String> tokens(int number) {
    var tokens = new ArrayList<String>();
    machine.mailbox().clear();
    for (var body : notices(number)) {
      send(body);
    }
    for (var mail : machine.mailbox().mails()) {
      var link = LINK.matcher(mail.text());
      if (link.find()) {
        tokens.add(link.group(1));
      }
    }
    if (tokens.size() != number) {
      throw new IllegalStateException(tokens.size() + " mails for " + number + " sign-ups");
    }
    return tokens;
  }

  @SuppressWarnings("NullAway") // the handler does not look at the context
  private void send(String body) {
    var message = new SQSEvent.SQSMessage();
    message.setMessageId("1");
    message.setBody(body);
    var event = new SQSEvent();
    event.setRecords(List.of(message));
    if (!notices.handleRequest(event, null).getBatchItemFailures().isEmpty()) {
      throw new IllegalStateException("a notice was not sent");
    }
  }

  private String invoke(String function, byte[] event) {
    var answer = new String(machine.invoke(function, event), StandardCharsets.UTF_8);
    if (!answer.contains("\"statusCode\":20")) {
      throw new IllegalStateException(function + " answered " + answer);
    }
    return answer;
  }

  private byte[] signUp(int person) {
    var policy = PolicyDocument.ASSISTANT_PRIVACY;
    return Events.post(
        "/signup",
        """
        {"name": "Ada Lovelace", "email": "%s", "password": "%s", "adult": true, "policies": {"%s": "%s"}}\
        """
            .formatted(address(person), PASSWORD, policy.id(), policy.version()));
  }

  private int nobodyYet() {
    return people++;
  }

  private static String address(int person) {
    return "ada" + person + "@example.org";
  }
}
