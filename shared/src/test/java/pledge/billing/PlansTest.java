package pledge.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlansTest {
  @Test
  void knowsEachByItsNameAndByItsPriceInTheirOrder() {
    var plans = Plans.of("personal=price_1,family=price_2, personal-2025=price_0");

    assertThat(plans.names()).containsExactly("personal", "family", "personal-2025");
    assertThat(plans.price("family")).hasValue("price_2");
    assertThat(plans.price("price_2")).isEmpty();
    assertThat(plans.name("price_0")).as("sold no more, and paid still").hasValue("personal-2025");
    assertThat(plans.name("price_9")).as("of before we wrote them down").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "personal",
        "personal=",
        "=price_1",
        "personal=price_1,",
        ",personal=price_1",
        "personal=price_1;family=price_2",
        "personal = price_1",
        "personal=price_1 family=price_2",
        "personal=price_1,personal=price_2",
        "personal=price_1,family=price_1"
      })
  void refusesWhatIsWrittenInAnotherWayOrTwice(String setting) {
    assertThatThrownBy(() -> Plans.of(setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("plans are written name=price,name=price");
  }
}
