package pledge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrivacyNoticeTest {
  @ParameterizedTest
  @EnumSource
  @DisplayName("right-access: lists every kind of data that its readers' accounts have")
  void listsEveryCategoryOfItsReaders(PolicyDocument document) {
    var text = document.text();
    for (var category : Category.values()) {
      var heading = "\n### " + Words.capitalised(category.words()) + "\n";
      if (category.personal() && category.audiences().contains(document.audience())) {
        assertThat(text).contains(heading);
      } else {
        assertThat(text).doesNotContain(heading);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("processors: names whoever is sent its readers' data, and nobody else")
  void namesTheProcessorsOfItsReaders(PolicyDocument document) {
    var text = document.text();
    for (var processor : Processor.values()) {
      var concerned =
          Arrays.stream(Category.values())
              .filter(category -> category.audiences().contains(document.audience()))
              .anyMatch(category -> category.seenBy().contains(processor));
      assertThat(text.contains("- **" + processor.shortName() + "** ("))
          .as("%s in %s", processor, document)
          .isEqualTo(concerned);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("purpose-limits: lists the purposes of its readers' data, and no others")
  void listsThePurposesOfItsReaders(PolicyDocument document) {
    var text = document.text();
    for (var purpose : Purpose.values()) {
      var concerned =
          purpose.audiences().contains(document.audience())
              && Arrays.stream(Category.values())
                  .filter(Category::personal)
                  .filter(category -> category.audiences().contains(document.audience()))
                  .anyMatch(category -> category.purposes().contains(purpose));
      assertThat(text.contains("- " + Words.capitalised(purpose.words()) + " ("))
          .as("%s in %s", purpose, document)
          .isEqualTo(concerned);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        Controller.NAME,
        Controller.ADDRESS,
        Controller.EMAIL,
        "Art. 6(1)(b) GDPR",
        "legitimate interest, it is this",
        "Standard Contractual Clauses",
        "Data Retention",
        "**Access:**",
        "**Correction:**",
        "**Deletion:**",
        "**Portability:**",
        "**Opt-out:**",
        "restrict processing, object",
        "withdraw any consent at any time",
        "complain to a data protection authority",
        "nothing else is required",
        "no decision about you by automated means alone",
        "__Host-session",
        "under the age of 18",
        "tell you once by e-mail",
        "legitimate interest in a safe"
      })
  void saysAllThatAPersonMustBeTold(String words) {
    for (var document : PolicyDocument.values()) {
      assertThat(document.text().replaceAll("\\s+", " ")).as(document.id()).contains(words);
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesNoPlaceUnfilled(PolicyDocument document) {
    assertThat(document.text()).doesNotContain("{{", "}}");
  }

  @Test
  void isFoundByItsId() {
    assertThat(PolicyDocument.byId("assistant-privacy")).contains(PolicyDocument.ASSISTANT_PRIVACY);
    assertThat(PolicyDocument.byId("platform-privacy")).contains(PolicyDocument.PLATFORM_PRIVACY);
  }

  @Test
  void isNotFoundByAnotherId() {
    assertThat(PolicyDocument.byId("cookie-policy")).isEmpty();
  }
}
