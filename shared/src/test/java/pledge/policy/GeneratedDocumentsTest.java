package pledge.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the documents in the archive against the declarations that they are made from. {@code
 * -Dpledge.regenerate=true} writes them anew.
 */
final class GeneratedDocumentsTest {
  private static final Path RESOURCES = Path.of("src/main/resources/pledge/policy");

  static List<Arguments> documents() {
    return List.of(
        document("assistant-privacy.md", () -> notice(PolicyDocument.ASSISTANT_PRIVACY)),
        document("platform-privacy.md", () -> notice(PolicyDocument.PLATFORM_PRIVACY)),
        document("record-of-processing.md", RecordOfProcessing::text),
        document("processor-register.md", ProcessorRegister::text));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  @DisplayName("policy-changes: the published documents say what the declarations say")
  void sayWhatTheDeclarationsSay(String name, Supplier<String> generator) throws IOException {
    var generated = generator.get();
    if (Boolean.getBoolean("pledge.regenerate")) {
      Files.writeString(RESOURCES.resolve(name), generated);
    }
    assertThat(Files.readString(RESOURCES.resolve(name)))
        .as(
            "%s differs from the declarations. Run this test once with -Dpledge.regenerate=true,"
                + " read what changed, and commit it",
            name)
        .isEqualTo(generated);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("policy-changes: a text that changed has a new version and its own hash")
  void hasTheHashOfItsText(PolicyDocument document) throws IOException {
    var hash = sha256(Files.readString(RESOURCES.resolve(document.id() + ".md")));
    assertThat(document.sha256())
        .as(
            "The text of %s changed: give it a new version and the hash %s in PolicyDocument, and"
                + " add a line to versions.txt",
            document.id(), hash)
        .isEqualTo(hash);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("policy-changes: the current version is the last that was published")
  void isTheLastOfThePublishedVersions(PolicyDocument document) {
    var versions =
        published().stream().filter(line -> line.startsWith(document.id() + " ")).toList();
    assertThat(versions)
        .as("versions.txt ends with the current version of %s", document.id())
        .last()
        .asString()
        .startsWith(document.id() + " " + document.version() + " " + document.sha256() + " ");
  }

  @Test
  @DisplayName("policy-changes: no version was published with two texts")
  void publishesAVersionOnce() {
    assertThat(published())
        .extracting(line -> line.substring(0, line.lastIndexOf(' ', line.lastIndexOf(' ') - 1)))
        .as("versions.txt: a line is never changed, and a new text is a new version")
        .doesNotHaveDuplicates()
        .isSorted();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("policy-changes: whether a version is a material change is stated")
  void statesWhetherAVersionIsAMaterialChange(PublicDocument document) {
    assertThat(document.versions().getFirst().change()).isEqualTo(PublicDocument.Change.MATERIAL);
    assertThat(published())
        .allMatch(line -> line.endsWith(" material") || line.endsWith(" editorial"));
  }

  private static Arguments document(String name, Supplier<String> generator) {
    return Arguments.of(name, generator);
  }

  private static String notice(PolicyDocument document) {
    return new PrivacyNotice(document).text();
  }

  private static List<String> published() {
    return Arrays.stream(Resource.text("versions.txt").split("\n"))
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
