package pledge.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;

/** The function by itself: what it answers to each sample event, and to what is none. */
class PageHandlerTest {
  private static final Path SAMPLES = Path.of("..", "..", "events", "page");

  /** A sample's name, the status of its answer, and what is wrong with it. */
  private static final String ANSWERS =
      """
      confirm,                        200,
      home,                           200,
      script,                         200,
      style,                          200,
      unknown-asset,                  404, not-found
      """;

  private static Machine machine;

  @BeforeAll
  static void start() {
    machine =
        Machine.start(
            Options.inMemory()
                .withFunctions("PageFunction")
                .withParameter("BaseUrl", "https://pledge.example.org"));
  }

  @AfterAll
  static void stop() {
    machine.close();
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
    assertAnswer(sample("home").replace("\"GET /\"", "\"POST /nowhere\""), 404, "not-found");
  }

  @Test
  void refusesABodyOfAMegabyteAsTooLarge() throws IOException {
    var body = "\"body\": \"" + "x".repeat(1_000_000) + "\", \"isBase64Encoded\"";

    assertAnswer(sample("home").replace("\"isBase64Encoded\"", body), 413, "too-large");
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
    return new String(machine.invoke("PageFunction", bytes), StandardCharsets.UTF_8);
  }

  private static String sample(String name) throws IOException {
    return Files.readString(SAMPLES.resolve(name + ".json"));
  }
}
