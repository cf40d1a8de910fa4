package pledge.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PublicDocumentTest {
  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("policy-changes: every version that was published is kept, word for word")
  void everyVersionIsKept(PublicDocument.Version version) throws NoSuchAlgorithmException {
    var hash = MessageDigest.getInstance("SHA-256").digest(version.text().getBytes(UTF_8));

    assertThat(version.sha256())
        .as(
            "%s of %s: a text that changed is a new version, with a line in versions.txt; the old"
                + " text moves to published/",
            version.document().id(), version.date())
        .isEqualTo(HexFormat.of().formatHex(hash));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("policy-changes: what people accept is what is published")
  void whatPeopleAcceptIsWhatIsPublished(PolicyDocument accepted) {
    var published = PublicDocument.byId(accepted.id()).orElseThrow().current();

    assertThat(List.of(published.date(), published.sha256(), published.text()))
        .isEqualTo(List.of(accepted.version(), accepted.sha256(), accepted.text()));
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsIdAndItsVersions(PublicDocument document) {
    assertThat(PublicDocument.byId(document.id())).contains(document);
    assertThat(document.versions())
        .isNotEmpty()
        .allSatisfy(version -> assertThat(document.version(version.date())).contains(version));
    assertThat(document.version("1999-12-31")).isEmpty();
  }

  @Test
  void nothingElseIsPublished() {
    assertThat(PublicDocument.byId("seeds")).isEmpty();
    assertThat(Resource.text("versions.txt").lines().filter(line -> !line.startsWith("#")))
        .hasSameSizeAs(versions().toList());
  }

  static Stream<PublicDocument.Version> versions() {
    return Stream.of(PublicDocument.values()).flatMap(document -> document.versions().stream());
  }
}
