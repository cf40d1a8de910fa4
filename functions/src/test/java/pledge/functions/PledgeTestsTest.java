package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Pledge;

/**
 * Holds the list of tests that the public page shows against the tests themselves. {@code
 * -Dpledge.regenerate=true} writes it anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PledgeTestsTest {
  private static final Path LIST =
      DeployedTemplate.ROOT.resolve(
          "functions/pledges/src/main/resources/pledge/pledges/tests.txt");
  private static final String AS_OF = "# as of ";
  private static final String ANEW = "Run this test once with -Dpledge.regenerate=true";

  /** The pledges without a test, and what of each there is nothing of yet. */
  private static final Map<Pledge, String> NOT_BUILT =
      Map.of(
          Pledge.API_METADATA, "the API platform",
          Pledge.RIGHT_CORRECTION, "a change of name or address",
          Pledge.RIGHT_OPT_OUT, "news, and the switch that turns them off");

  private NamedTests found = new NamedTests(new TreeSet<>(), new TreeSet<>());

  @BeforeAll
  void find() throws IOException {
    found = NamedTests.in(DeployedTemplate.ROOT);
  }

  @Test
  void theListIsThatOfTheTests() throws IOException {
    if (Boolean.getBoolean("pledge.regenerate") && !listed().equals(List.copyOf(found.lines()))) {
      var lines = new ArrayList<String>();
      lines.add(AS_OF + LocalDate.now(ZoneOffset.UTC));
      lines.addAll(found.lines());
      Files.write(LIST, lines);
    }
    // What differs, and not 370 lines.
    var listed = listed();
    assertThat(onlyIn(found.lines(), listed)).as("Not listed. %s", ANEW).isEmpty();
    assertThat(onlyIn(listed, found.lines())).as("Listed, and gone. %s", ANEW).isEmpty();
    assertThat(listed.equals(List.copyOf(found.lines()))).as("In order. %s", ANEW).isTrue();
  }

  private static Set<String> onlyIn(Collection<String> these, Collection<String> others) {
    var only = new TreeSet<>(these);
    only.removeAll(Set.copyOf(others));
    return only;
  }

  /** Without the date: it says when the others were last changed. */
  private static List<String> listed() throws IOException {
    if (!Files.exists(LIST)) {
      return List.of();
    }
    var lines = Files.readAllLines(LIST);
    assertThat(LocalDate.parse(lines.getFirst().substring(AS_OF.length())))
        .as("the first line is %sDATE", AS_OF)
        .hasToString(lines.getFirst().replace(AS_OF, ""));
    return lines.subList(1, lines.size());
  }

  @Test
  void noTestIsNamedAfterAPledgeThatThereIsNot() {
    assertThat(found.unknown()).isEmpty();
  }

  @Test
  void everyPledgeHasATestOrIsKnownNotToBeBuiltYet() {
    var without = new TreeSet<String>();
    for (var pledge : Pledge.values()) {
      without.add(pledge.id());
    }
    without.removeAll(tested());

    assertThat(without)
        .as("Name tests of a new pledge by its id; what is tested now is not in NOT_BUILT")
        .containsExactlyInAnyOrderElementsOf(NOT_BUILT.keySet().stream().map(Pledge::id).toList());
  }

  @Test
  void everyPledgeThatIsCheckedWhileTheSoftwareRunsHasATest() {
    try (var machine = Machine.start(Options.inMemory().withoutFunctions())) {
      assertThat(Audits.found(machine).keySet()).isNotEmpty().isSubsetOf(tested());
    }
  }

  private Set<String> tested() {
    return found.lines().stream()
        .map(line -> line.substring(0, line.indexOf(' ')))
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName("a name is found over several lines, beside other annotations, and in classes")
  void findsNamesHoweverTheyAreWritten(@TempDir Path folder) throws IOException {
    source(
        folder.resolve("module/src/test/java/some"),
        "SomeTest.java",
        """
        package some;
        // @DisplayName("no-sale: in a comment") @Test void comment() {}
        @DisplayName("isolation")
        class SomeTest {
          static final String TEXT = "@DisplayName(\\"no-sale: in a text\\") @Test void text() {}";
          @Test
          @DisplayName(
              "logs-30d, content-24h"
                  + ": over lines (and \\"quoted\\")")
          @SuppressWarnings({"a", "b"})
          void overLines() throws Exception {}
          @ParameterizedTest(quoteTextArguments = false, name = "no-training: {0}")
          @ValueSource(strings = "processors: no name")
          <T> void generic(List<Map<String, T>> it) {}
          @DisplayName("no-sale: no test")
          void noTest() {}
          @Test void unnamed() { new Object() { @Test @DisplayName("no-sale: no member") void a() {} }; }
          @Nested
          @DisplayName(value = "transfers: within")
          class Inner {
            @org.junit.jupiter.api.Test void inside() {}
          }
        }
        """);
    source(
        folder.resolve("module/src/test/java/some"),
        "OtherTest.java",
        """
        class OtherTest {
          @Test @DisplayName("logs-31d: a slip") void slip() {}
          @Test @DisplayName("why: a word that is no id") void word() {}
          @Test @DisplayName(NAME + "no-sale: not at the beginning") void constant() {}
        }
        """);
    var ignored = "class Ignored { @Test @DisplayName(\"no-sale: elsewhere\") void a() {} }";
    source(folder.resolve("module/src/main/java/some"), "Ignored.java", ignored);
    source(folder.resolve("module/target/src/test/java/some"), "Ignored.java", ignored);
    source(folder.resolve(".hidden/src/test/java/some"), "Ignored.java", ignored);

    var named = NamedTests.in(folder);

    assertThat(named.lines())
        .containsExactly(
            "content-24h SomeTest#overLines",
            "isolation SomeTest#generic",
            "isolation SomeTest#overLines",
            "isolation SomeTest#unnamed",
            "isolation SomeTest.Inner#inside",
            "logs-30d SomeTest#overLines",
            "no-training SomeTest#generic",
            "transfers SomeTest.Inner#inside");
    assertThat(named.unknown()).containsExactly("logs-31d OtherTest#slip");
  }

  private static void source(Path folder, String name, String text) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name), text);
  }
}
