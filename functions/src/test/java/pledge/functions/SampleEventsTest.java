package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.local.Machine;

/** Each function behind the HTTP API answers its sample events as the table beside them says. */
class SampleEventsTest {
  private static final Path EVENTS = Path.of("..", "events");

  private static Machine machine;

  /** A function, and a sample of it that is let in. */
  enum Function {
    ACCOUNT("policies"),
    ASSISTANT("show"),
    BILLING("show"),
    EXPORT_PART("part"),
    INCIDENT("list"),
    LEGAL_HOLD("list"),
    PAGE("home"),
    PLEDGES("pledges"),
    PRIVACY_REQUEST("requests"),
    SESSION("check"),
    SIGNUP("sign-up"),
    STAFF_REQUEST("open-not-a-time"),
    STRIPE_WEBHOOK("invoice-paid"),
    SUPPORT_ACCESS("grants"),
    SUPPORT_READ("read"),
    USAGE("day");

    private final String sample;

    Function(String sample) {
      this.sample = sample;
    }

    private Path samples() {
      return EVENTS.resolve(folder());
    }

    private String folder() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String sample(String name) {
      return read(samples().resolve(name + ".json"));
    }

    /** Rows of a sample's name, the status of its answer, and what is wrong with it, if it is. */
    private List<String[]> answers() {
      return read(EVENTS.resolve(folder() + ".csv"))
          .lines()
          .skip(1)
          .map(row -> row.split(",", -1))
          .toList();
    }

    private String answer(String event) {
      var name =
          Stream.of(name().split("_", -1))
              .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
              .collect(Collectors.joining());
      return new String(
          machine.invoke(
              name + "Function",
              StripeSamples.signedAt(event, machine.clock().instant())
                  .getBytes(StandardCharsets.UTF_8)),
          StandardCharsets.UTF_8);
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @BeforeAll
  static void start() {
    machine =
        Machine.start(
            QuickHashes.options()
                .withParameter("BaseUrl", "https://pledge.example.org")
                // Some say when something was, and may not say it of long ago.
                .withClockAt(Instant.parse("2026-11-21T09:30:00Z")));
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @BeforeEach
  void letLimitsBeForgotten() {
    machine.clock().advance(Duration.ofHours(2));
  }

  static Stream<Arguments> answers() {
    return Stream.of(Function.values())
        .flatMap(
            function ->
                function.answers().stream()
                    .map(row -> Arguments.of(function, row[0], row[1], row[2])));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("answers")
  void isAnswered(Function function, String sample, String status, String problem) {
    assertAnswer(function.answer(function.sample(sample)), status, problem);
  }

  @ParameterizedTest
  @EnumSource
  void isInTheTable(Function function) throws IOException {
    try (var files = Files.list(function.samples())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              function.answers().stream().map(row -> row[0] + ".json").toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsNothingOnARouteOfNobody(Function function) {
    var event =
        function
            .sample(function.sample)
            .replaceFirst("\"routeKey\": *\"[^\"]*\"", "\"routeKey\": \"GET /nowhere\"");

    assertAnswer(function.answer(event), "404", "not-found");
  }

  @ParameterizedTest
  @EnumSource
  void isTooLargeWithABodyOfAMegabyte(Function function) {
    var body = "\"body\": \"" + "x".repeat(1_000_000) + "\", \"isBase64Encoded\"";
    var event = function.sample(function.sample).replace("\"isBase64Encoded\"", body);

    assertAnswer(function.answer(event), "413", "too-large");
  }

  @ParameterizedTest
  @EnumSource
  void failsWhereItIsNoneAndIsNotRepeated(Function function) {
    for (var event : List.of("", "{", "[]", "{}", "{\"body\": \"a-mark\" a-mark}")) {
      assertThatThrownBy(() -> function.answer(event))
          .as(event)
          .rootCause()
          .hasMessageNotContaining("mark");
    }
  }

  private static void assertAnswer(String answer, String status, String problem) {
    assertThat(answer).contains("\"statusCode\":" + status + ",");
    if (problem.isEmpty()) {
      assertThat(answer).doesNotContain("application/problem+json");
    } else {
      assertThat(answer)
          .contains("application/problem+json", "\\\"urn:pledge:problem:" + problem + "\\\"");
    }
  }
}
