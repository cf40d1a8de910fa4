package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pledge.local.Machine;

/** What people ask by mail, from staff to the link and back. */
record ByMail(Machine machine) {
  private static final Pattern LINK =
      Pattern.compile("/privacy/confirm#(?:erasure|export)/([A-Za-z0-9_-]{64})");

  /** Staff open what came from that address. */
  HttpResponse<String> open(String email, Instant receivedAt) {
    return open("erasure", email, receivedAt);
  }

  HttpResponse<String> open(String kind, String email, Instant receivedAt) {
    return new Staff(machine)
        .post(
            "/staff/privacy-requests",
            "{\"email\": \"%s\", \"kind\": \"%s\", \"receivedAt\": \"%s\"}"
                .formatted(email, kind, receivedAt));
  }

  /** The token of the newest link that came to an address. */
  Optional<String> token(String email) {
    return machine.mailbox().to(email).reversed().stream()
        .map(mail -> LINK.matcher(mail.text()))
        .filter(Matcher::find)
        .map(link -> link.group(1))
        .findFirst();
  }

  /** The same, of what is opened now. */
  String mailed(Person person, Instant receivedAt) {
    assertThat(open(person.email, receivedAt).statusCode()).isEqualTo(202);
    machine.settle();
    return token(person.email).orElseThrow();
  }

  /** What the page sends when the button is pressed, at a browser where nobody is signed in. */
  static HttpResponse<String> confirm(Person person, String token) {
    return confirm("erasure", person, token);
  }

  static HttpResponse<String> confirm(String kind, Person person, String token) {
    return person
        .elsewhere()
        .send(
            "POST",
            "/privacy/requests/confirmation",
            "{\"kind\": \"%s\", \"token\": \"%s\"}".formatted(kind, token));
  }

  /** A member of staff reports a minor. */
  HttpResponse<String> report(String email) {
    return new Staff(machine)
        .post(
            "/staff/minor-reports", "{\"email\": \"%s\", \"source\": \"parent\"}".formatted(email));
  }
}
