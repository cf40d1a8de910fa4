package pledge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PurposeTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TRAINING")
  @DisplayName("purpose-limits: each purpose is that of some category")
  void isThatOfSomeCategory(Purpose purpose) {
    assertThat(Category.values())
        .anySatisfy(category -> assertThat(category.purposes()).contains(purpose));
  }

  @ParameterizedTest
  @EnumSource
  void readsAsASentencePart(Purpose purpose) {
    assertThat(purpose.words()).startsWith("to ").doesNotEndWith(".");
  }

  @Test
  @DisplayName("no-training: training needs consent, and is not for customers of the assistant")
  void trainsByConsentOfDevelopersOnly() {
    assertThat(Purpose.TRAINING.basis()).isEqualTo(LegalBasis.CONSENT);
    assertThat(Purpose.TRAINING.audiences()).containsExactly(Audience.DEVELOPERS);
  }

  @ParameterizedTest
  @EnumSource
  void isForAnAudienceThatItsCategoriesHave(Purpose purpose) {
    for (var category : Category.values()) {
      if (category.purposes().contains(purpose)) {
        assertThat(purpose.audiences())
            .as("%s", category)
            .containsAnyElementsOf(category.audiences());
      }
    }
  }
}
