package pledge.signup;

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
class SignupHandlerTest {
  private static final Path SAMPLES = Path.of("..", "..", "events", "signup");

  /** A sample's name, the status of its answer, and what is wrong with it. */
  private static final String ANSWERS =
      """
      confirm-base64,                    400, link-did-not-work
      confirm-broken-token,              400, link-did-not-work
      confirm-from-another-site,         403, other-origin
      confirm-from-our-page,             400, link-did-not-work
      confirm-malformed-json,            400, malformed-json
      confirm-text-plain,                415, not-json
      confirm-too-large,                 413, too-large
      confirm-unknown-field,             422, invalid-fields
      confirm-without-token,             422, invalid-fields
      confirm,                           400, link-did-not-work
      sign-up-array,                     400, malformed-json
      sign-up-as-developer,              202,
      sign-up-bad-email,                 422, invalid-fields
      sign-up-bad-name,                  422, invalid-fields
      sign-up-base64,                    202,
      sign-up-brackets-in-password,      202,
      sign-up-comma-at-the-end,          400, malformed-json
      sign-up-common-password,           422, invalid-fields
      sign-up-deeply-nested,             400, malformed-json
      sign-up-empty-body,                400, malformed-json
      sign-up-form,                      415, not-json
      sign-up-from-another-site,         403, other-origin
      sign-up-from-our-page,             202,
      sign-up-half-a-character-as-field, 422, invalid-fields
      sign-up-long-name,                 422, invalid-fields
      sign-up-long-password,             422, invalid-fields
      sign-up-malformed-json,            400, malformed-json
      sign-up-no-policy,                 422, invalid-fields
      sign-up-not-adult,                 422, invalid-fields
      sign-up-not-utf-8,                 400, malformed-json
      sign-up-number-as-password,        422, invalid-fields
      sign-up-outdated-policy,           422, invalid-fields
      sign-up-own-name-as-password,      422, invalid-fields
      sign-up-policies-as-list,          422, invalid-fields
      sign-up-repeated-field,            400, malformed-json
      sign-up-short-password,            422, invalid-fields
      sign-up-text-after-json,           400, malformed-json
      sign-up-too-large,                 413, too-large
      sign-up-unknown-field,             422, invalid-fields
      sign-up-unknown-policy,            422, invalid-fields
      sign-up-with-other-scripts,        202,
      sign-up-without-adult,             422, invalid-fields
      sign-up-without-anything,          422, invalid-fields
      sign-up-without-content-type,      415, not-json
      sign-up-without-password,          422, invalid-fields
      sign-up,                           202,
      """;

  private static Machine machine;

  @BeforeAll
  static void start() {
    machine =
        Machine.start(
            Options.inMemory()
                .withFunctions("SignupFunction")
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
        sample("sign-up-empty-body").replace("\"POST /signup\"", "\"POST /nowhere\""),
        404,
        "not-found");
  }

  @Test
  void refusesABodyOfAMegabyteAsTooLarge() throws IOException {
    var body = "\"body\": \"" + "x".repeat(1_000_000) + "\", \"isBase64Encoded\"";

    assertAnswer(
        sample("sign-up-empty-body").replace("\"isBase64Encoded\"", body), 413, "too-large");
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
    return new String(machine.invoke("SignupFunction", bytes), StandardCharsets.UTF_8);
  }

  private static String sample(String name) throws IOException {
    return Files.readString(SAMPLES.resolve(name + ".json"));
  }
}
