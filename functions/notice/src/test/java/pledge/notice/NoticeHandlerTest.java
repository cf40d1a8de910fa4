package pledge.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.PolicyDocument;
import pledge.store.Backend;
import pledge.subject.Acceptance;
import pledge.subject.EmailAddress;
import pledge.subject.Password;
import pledge.subject.PasswordHashing;
import pledge.subject.SignUps;
import pledge.vault.Environment;

/** The function by itself: what becomes of each sample event, of a notice, and of what is none. */
class NoticeHandlerTest {
  private static final Path SAMPLES = Path.of("..", "..", "events", "notice");

  /** A sample's name, and the id of the message that is to come again. */
  private static final String FAILURES =
      """
      broken-subject,        fd6b6fc9-220b-42d2-9683-ae8e4f50a210
      malformed,             aaf2f899-9237-4705-9ac8-44c0a2a1d45f
      malformed-beside-good, 7b1f6dff-14d8-42df-ab7d-a9487be0612d
      notice,
      without-item,          9678f7a7-939f-457f-a0d9-353761e189c7
      """;

  private static Machine machine;

  @BeforeAll
  static void start() {
    machine = Machine.start(Options.inMemory().withFunctions("NoticeFunction"));
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @Test
  void mailsANoticeThatTheOutboxHolds() {
    var environment = new Environment(machine.environment("SignupFunction"), machine.clock());
    var backend = Backend.of(environment);
    // As whoever comes first does: the sender may not make the index key.
    backend.vault().blindIndex("email", "ada@example.org");
    var signUps = new SignUps(backend, PasswordHashing.of(environment), environment.clock());
    signUps.request(
        new SignUps.Form(
            "Ada",
            EmailAddress.parse("ada@example.org").orElseThrow(),
            new Password("twelve green herons at dawn"),
            List.of(Acceptance.of(PolicyDocument.ASSISTANT_PRIVACY))));
    machine.settle();

    assertThat(machine.mailbox().to("ada@example.org")).hasSize(1);
    assertThat(machine.queue("NoticeQueue").depth()).isZero();
  }

  @ParameterizedTest
  @CsvSource(textBlock = FAILURES)
  void givesBackWhatItCannotRead(String sample, @Nullable String failure) throws IOException {
    assertThat(answer(Files.readString(SAMPLES.resolve(sample + ".json"))))
        .isEqualTo(failures(failure));
  }

  @Test
  void knowsEverySample() throws IOException {
    try (var samples = Files.list(SAMPLES)) {
      assertThat(samples.map(sample -> sample.getFileName().toString()))
          // What the pipe makes a message of.
          .filteredOn(name -> !name.equals("stream-record.json"))
          .containsExactlyInAnyOrderElementsOf(
              FAILURES.lines().map(line -> line.split(",", 2)[0] + ".json").toList());
    }
  }

  @Test
  void givesBackAMessageOfAMegabyte() {
    var message = "{\"messageId\": \"large\", \"body\": \"" + "x".repeat(1_000_000) + "\"}";

    assertThat(answer("{\"Records\": [" + message + "]}")).isEqualTo(failures("large"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"Records\": \"none\"}"})
  void failsOnAnEventThatIsNone(String event) {
    assertThatThrownBy(() -> answer(event)).hasMessageStartingWith("NoticeFunction threw ");
  }

  private static String answer(String event) {
    var bytes = event.getBytes(StandardCharsets.UTF_8);
    return new String(machine.invoke("NoticeFunction", bytes), StandardCharsets.UTF_8);
  }

  private static String failures(@Nullable String message) {
    var failure = message == null ? "" : "{\"itemIdentifier\":\"" + message + "\"}";
    return "{\"batchItemFailures\":[" + failure + "]}";
  }
}
