package pledge.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;

/** The function by itself: what it answers to each sample event, and to what is none. */
class SessionHandlerTest {
  private static final Path SAMPLES = Path.of("..", "..", "events", "session");

  /** A sample's name, the status of its answer, and what is wrong with it. */
  private static final String ANSWERS =
      """
      check-with-broken-cookie,    401, not-signed-in
      check-with-two-cookies,      401, not-signed-in
      check-without-cookie,        401, not-signed-in
      check,                       401, not-signed-in
      end-from-a-sibling-site,     403, other-origin
      end-from-another-site,       403, other-origin
      end-with-broken-cookie,      401, not-signed-in
      end-without-cookie,          401, not-signed-in
      end,                         401, not-signed-in
      list-with-broken-cookie,     401, not-signed-in
      list-without-cookie,         401, not-signed-in
      list,                        401, not-signed-in
      sign-in-bad-email,           422, invalid-fields
      sign-in-base64,              401, wrong-credentials
      sign-in-empty-body,          400, malformed-json
      sign-in-form,                415, not-json
      sign-in-from-another-site,   403, other-origin
      sign-in-from-our-page,       401, wrong-credentials
      sign-in-long-password,       422, invalid-fields
      sign-in-malformed-json,      400, malformed-json
      sign-in-too-large,           413, too-large
      sign-in-unknown-address,     401, wrong-credentials
      sign-in-unknown-field,       422, invalid-fields
      sign-in-with-forged-browser, 401, wrong-credentials
      sign-in-without-password,    422, invalid-fields
      sign-in-wrong-password,      401, wrong-credentials
      sign-in,                     401, wrong-credentials
      sign-out-from-another-site,  403, other-origin
      sign-out-with-broken-cookie, 401, not-signed-in
      sign-out-without-cookie,     401, not-signed-in
      sign-out,                    401, not-signed-in
      """;

  private static Machine machine;

  @BeforeAll
  static void start() {
    machine =
        Machine.start(
            Options.inMemory()
                .withFunctions("SessionFunction")
                .withParameter("BaseUrl", "https://pledge.example.org"));
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @BeforeEach
  void letLimitsBeForgotten() {
    machine.clock().advance(Duration.ofHours(2));
  }

  @ParameterizedTest
  @CsvSource(textBlock = ANSWERS)
  void answersASample(String sample, int status, @Nullable String problem) throws IOException {
    assertAnswer(sample(sample), status, problem);
  }

  @Test
  void knowsEverySample() throws IOException {
    try (var samples = Files.list(SAMPLES)) {
      assertThat(samples.map(sample -> sample.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              ANSWERS.lines().map(line -> line.split(",", 2)[0] + ".json").toList());
    }
  }

  @Test
  void findsNothingOnARouteOfNobody() throws IOException {
    assertAnswer(
        sample("sign-in-empty-body").replace("\"POST /session\"", "\"POST /nowhere\""),
        404,
        "not-found");
  }

  @Test
  void refusesABodyOfAMegabyteAsTooLarge() throws IOException {
    var body = "\"body\": \"" + "x".repeat(1_000_000) + "\", \"isBase64Encoded\"";

    assertAnswer(
        sample("sign-in-empty-body").replace("\"isBase64Encoded\"", body), 413, "too-large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"body\": \"a-mark\" a-mark}"})
  void failsOnAnEventThatIsNoneAndRepeatsNothingOfIt(String event) {
    assertThatThrownBy(() -> answer(event)).rootCause().hasMessageNotContaining("mark");
  }

  private static void assertAnswer(String event, int status, @Nullable String problem) {
    var answer = answer(event);
    assertThat(answer).contains("\"statusCode\":" + status + ",");
    if (problem == null) {
      assertThat(answer).doesNotContain("application/problem+json");
    } else {
      assertThat(answer)
          .contains("application/problem+json", "\\\"urn:pledge:problem:" + problem + "\\\"");
    }
  }

  private static String answer(String event) {
    var bytes = event.getBytes(StandardCharsets.UTF_8);
    return new String(machine.invoke("SessionFunction", bytes), StandardCharsets.UTF_8);
  }

  private static String sample(String name) throws IOException {
    return Files.readString(SAMPLES.resolve(name + ".json"));
  }
}
