package pledge.functions;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;

/** From the outbox to the mail service: each mail once. */
@DisplayName("service-messages")
class NoticeTest {
  private static final Pattern LINK = Pattern.compile("https?://[^\\s\"<>]+");

  private static Machine machine;
  private static Postman postman;
  private static int people;

  private Person ada;

  @BeforeAll
  static void start() {
    // The notice function runs where the test says so.
    machine =
        Machine.start(QuickHashes.options().withFunctions("SignupFunction", "SessionFunction"));
    postman = new Postman(machine);
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @BeforeEach
  void signUp() {
    machine.clock().advance(Duration.ofHours(2));
    machine.queue("NoticeQueue").purge();
    machine.mailbox().clear();
    machine.dynamo().reset();
    ada = Person.of(machine, "ada" + people++ + "@example.org");
    assertThat(ada.signUp().statusCode()).isEqualTo(202);
  }

  private int mails() {
    return machine.mailbox().to(ada.email).size();
  }

  @Test
  void aMessageThatComesTwiceIsSentOnce() {
    var body = postman.queued().getFirst();

    assertThat(postman.handOver(List.of(body, body, body))).isEmpty();
    assertThat(postman.handOver(List.of(body))).isEmpty();
    machine.clock().advance(Duration.ofHours(1));
    assertThat(postman.handOver(List.of(body))).isEmpty();

    assertThat(mails()).isEqualTo(1);
  }

  @Test
  void twoConsumersAtOnceSendOnce() {
    var body = postman.queued().getFirst();
    var others = IntStream.range(0, 4).mapToObj(i -> new Postman(machine)).toList();

    SignUpTest.<List<String>>atOnce(
        others.stream()
            .<Callable<List<String>>>map(other -> () -> other.handOver(List.of(body)))
            .toList());

    assertThat(mails()).isEqualTo(1);
    assertThat(postman.handOver(List.of(body))).isEmpty();
    assertThat(mails()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"TooManyRequestsException, 429", "InternalServiceErrorException, 500"})
  void whatTheMailServiceRefusesForNowIsSentByTheNextTry(String error, int status) {
    var body = postman.queued().getFirst();
    machine.mailbox().failNext(100, error, status);

    assertThat(postman.handOver(List.of(body))).containsExactly(body);
    machine.mailbox().clear();
    assertThat(postman.handOver(List.of(body))).as("without any wait for a claim").isEmpty();

    assertThat(mails()).isEqualTo(1);
  }

  @Test
  void aSenderKilledBetweenSendingAndWritingDownCausesOneDuplicateAtMost() {
    var body = postman.queued().getFirst();
    // The first write claims, the second writes down.
    machine.dynamo().dieBeforeWrite(2);
    assertThat(postman.handOver(List.of(body))).containsExactly(body);
    machine.dynamo().reset();
    assertThat(mails()).isEqualTo(1);

    machine.clock().advance(Postman.VISIBILITY_TIMEOUT);
    assertThat(postman.handOver(List.of(body))).isEmpty();
    assertThat(postman.handOver(List.of(body))).isEmpty();

    assertThat(mails()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aSenderKilledAfterAWriteLosesNoMail(int write) {
    var body = postman.queued().getFirst();
    machine.dynamo().dieAfterWrite(write);
    postman.handOver(List.of(body));
    machine.dynamo().reset();

    machine.clock().advance(Postman.VISIBILITY_TIMEOUT);

    assertThat(postman.handOver(List.of(body))).isEmpty();
    assertThat(mails()).isEqualTo(1);
  }

  @Test
  void aMalformedMessageDoesNotHoldUpAGoodOne() {
    var body = postman.queued().getFirst();
    var bad =
        List.of(
            "",
            "{",
            "null",
            "{}",
            "{\"subject\":\"x\",\"item\":\"OUTBOX#NOTICE#x\"}",
            "{\"subject\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
            "{\"subject\":{},\"item\":[]}");
    var batch = new java.util.ArrayList<>(bad);
    batch.add(3, body);

    assertThat(postman.handOver(batch)).containsExactlyElementsOf(bad);
    assertThat(mails()).isEqualTo(1);
  }

  @Test
  void aMessageOfASubjectThatIsGoneIsNothingToDo() {
    var body = postman.queued().getFirst();
    machine.clock().advance(Duration.ofHours(25));
    machine.expireNow();

    assertThat(postman.handOver(List.of(body))).isEmpty();
    assertThat(mails()).isZero();
  }

  @Test
  void anExpiredMessageIsNotSentThoughItIsNotYetDeleted() {
    var body = postman.queued().getFirst();
    machine.clock().advance(Duration.ofHours(24));

    assertThat(postman.handOver(List.of(body))).isEmpty();
    assertThat(mails()).isZero();
  }

  @Test
  void aMailIsPlainTextAndHtmlOfTheSameWordsAndOneLinkOfOurOwn() {
    postman.deliver();

    var mail = machine.mailbox().to(ada.email).getFirst();
    var token = ada.mailedToken().orElseThrow();

    assertThat(mail.from()).isEqualTo("local@localhost");
    assertThat(mail.text()).isNotBlank();
    assertThat(mail.html()).contains("<html lang=\"en\">");
    for (var paragraph : mail.text().strip().split("\n\n", -1)) {
      assertThat(mail.html()).contains(paragraph);
    }
    for (var body : List.of(mail.text(), mail.html())) {
      assertThat(LINK.matcher(body).results().map(link -> link.group()))
          .isNotEmpty()
          .containsOnly(machine.api() + "/confirm#" + token);
    }
    assertThat(mail.html()).doesNotContain("<img", "src=", "<script");
  }

  @Test
  void aSubjectLineHoldsNoSecretAndNothingOfThePerson() {
    postman.deliver();

    var mail = machine.mailbox().to(ada.email).getFirst();

    assertThat(mail.subject()).isEqualTo("Confirm your address");
  }

  @Test
  void onceItIsSentItsSecretIsForgotten() {
    var before = ciphertexts(item -> !item.has("sentAt"));
    assertThat(before).isNotEmpty();
    postman.deliver();
    var after = ciphertexts(item -> item.has("sentAt"));

    // The same records, sealed anew: what is gone is a token of 64 characters.
    before.forEach(
        (place, ciphertext) ->
            assertThat(after.get(place)).isNotNull().hasSize(ciphertext.length - 64));
  }

  private Map<String, byte[]> ciphertexts(Predicate<RawTables.Item> which) {
    try (var tables = new RawTables(machine)) {
      return tables.of(machine, "SUBJECTS_TABLE").stream()
          .filter(item -> item.sk().startsWith("OUTBOX#NOTICE#"))
          .filter(which)
          .collect(toMap(item -> item.pk() + item.sk(), item -> item.binary("_sealed")));
    }
  }

  /** A mail service that takes its time, and takes every mail. */
  @Nested
  class WithASlowMailService {
    @Test
    void aMailIsHandedOverOnceThoughTheAnswerTakesThreeSeconds() throws IOException {
      var taken = new AtomicInteger();
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      try (var threads = Executors.newCachedThreadPool()) {
        server.setExecutor(threads);
        server.createContext(
            "/",
            exchange -> {
              exchange.getRequestBody().readAllBytes();
              taken.incrementAndGet();
              sleep();
              var answer = "{\"MessageId\":\"1\"}".getBytes(StandardCharsets.UTF_8);
              exchange.getResponseHeaders().set("content-type", "application/json");
              exchange.sendResponseHeaders(200, answer.length);
              exchange.getResponseBody().write(answer);
              exchange.close();
            });
        server.start();
        var slow =
            new Postman(
                machine,
                Map.of(
                    "AWS_ENDPOINT_URL_SESV2", "http://localhost:" + server.getAddress().getPort()));
        var body = slow.queued().getFirst();

        assertThat(slow.handOver(List.of(body))).isEmpty();
        assertThat(slow.handOver(Collections.nCopies(3, body))).isEmpty();

        assertThat(taken).hasValue(1);
      } finally {
        server.stop(0);
      }
    }

    private static void sleep() {
      try {
        Thread.sleep(3_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** On a machine whose notice function runs by itself. */
  @Nested
  class OnTheWholeMachine {
    @Test
    void aMessageThatIsNoneEndsInTheDeadLettersAndTheOthersAreSent() {
      try (var whole = Machine.start(QuickHashes.options())) {
        whole.queue("NoticeQueue").send("no message of ours");
        var bob = Person.of(whole, "bob@example.org");
        bob.signUp();
        whole.settle(Duration.ofSeconds(60));

        assertThat(whole.mailbox().to(bob.email)).hasSize(1);
        assertThat(whole.queue("NoticeDeadLetters").bodies()).containsExactly("no message of ours");
        assertThat(whole.queue("NoticeQueue").depth()).isZero();
      }
    }
  }
}
