package pledge.pledges;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import pledge.policy.Pledge;

/**
 * The tests that carry a pledge's id, as {@code tests.txt} lists them: {@code PledgeTestsTest} in
 * {@code functions} writes it, and holds it against the tests.
 *
 * @param asOf the day on which the list was last changed
 * @param byId as {@code Class#method}; a pledge without tests is missing
 */
record PledgeTests(LocalDate asOf, Map<String, List<String>> byId) {
  /** What the first line begins with; a date follows. */
  private static final String AS_OF = "# as of ";

  /** Those that the archive passed. */
  static PledgeTests ofArchive() {
    return Archive.TESTS;
  }

  /** A first line with the date, and then for each pledge and test a line: its id, and the test. */
  static PledgeTests parse(String text) {
    var end = text.indexOf('\n');
    var asOf = LocalDate.parse(text.substring(AS_OF.length(), end));
    var byId = new HashMap<String, List<String>>();
    for (var start = end + 1; start < text.length(); start = end + 1) {
      end = text.indexOf('\n', start);
      var space = text.indexOf(' ', start);
      byId.computeIfAbsent(text.substring(start, space), id -> new ArrayList<>())
          .add(text.substring(space + 1, end));
    }
    return new PledgeTests(asOf, byId);
  }

  List<String> of(Pledge pledge) {
    return byId.getOrDefault(pledge.id(), List.of());
  }

  /** Read once, when the first reader asks. */
  private static final class Archive {
    static final PledgeTests TESTS = parse(text());

    private static String text() {
      try (var stream = PledgeTests.class.getResourceAsStream("tests.txt")) {
        return new String(
            Objects.requireNonNull(stream, "tests.txt").readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
