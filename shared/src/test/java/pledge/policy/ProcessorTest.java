package pledge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProcessorTest {
  @ParameterizedTest
  @EnumSource
  @DisplayName("processors: each is sent something, or would not be one")
  void isSentSomething(Processor processor) {
    assertThat(Category.values())
        .anySatisfy(category -> assertThat(category.seenBy()).contains(processor));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("transfers: each has a company, a country and a safeguard")
  void hasACountryAndASafeguard(Processor processor) {
    assertThat(processor.company()).isNotBlank();
    assertThat(processor.country()).isNotBlank();
    assertThat(processor.safeguard()).isNotBlank();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("processors: each has a privacy policy and terms that can be read")
  void hasTermsThatCanBeRead(Processor processor) {
    assertThat(processor.privacyPolicy()).startsWith("https://");
    assertThat(processor.terms()).startsWith("https://");
  }

  @Test
  @DisplayName("no-sale: Stripe is sent numbers and plans, and neither name nor address")
  void sendsStripeNoName() {
    assertThat(Category.ACCOUNT.seenBy()).doesNotContain(Processor.STRIPE);
    assertThat(Category.ORGANISATION.seenBy()).isEmpty();
  }

  @Test
  @DisplayName("processors: Sentry is sent where an error was and of what kind, and nobody's data")
  void sendsSentryNothingOfAPerson() {
    var seen =
        Arrays.stream(Category.values())
            .flatMap(category -> Words.seenFields(category, Processor.SENTRY).stream())
            .map(Field::name);
    assertThat(seen).containsOnly("endpoint", "route", "status", "error");
  }

  @Test
  @DisplayName("processors: nothing is sent to Google or Twilio by those who do not choose to")
  void sendsGoogleAndTwilioOnlyWhatWasChosen() {
    for (var category : Category.values()) {
      if (category.seenBy().contains(Processor.GOOGLE)) {
        assertThat(category).isEqualTo(Category.IDENTITY);
      }
      if (category.seenBy().contains(Processor.TWILIO)) {
        assertThat(category.legalBasis()).isEqualTo(LegalBasis.CONSENT);
      }
    }
  }
}
