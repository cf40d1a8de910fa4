package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class RealServiceTest {
  @Test
  void handsOnTheSettingsOfAServiceWhoseKeyIsThere() {
    var environment =
        Map.of(
            "STRIPE_KEY", "sk_test_1",
            "STRIPE_PLANS", "personal=price_1",
            "CLOUDFLARE_ACCOUNT", "a1",
            "PATH", "/bin");

    assertThat(RealService.STRIPE.isSet(environment)).isTrue();
    assertThat(RealService.CLOUDFLARE.isSet(environment)).isFalse();
    assertThat(RealService.settings(environment))
        .isEqualTo(Map.of("STRIPE_KEY", "sk_test_1", "STRIPE_PLANS", "personal=price_1"));
  }

  @Test
  void hasAStandInWhereThereIsNoKey() {
    assertThat(RealService.STRIPE.isSet(Map.of("STRIPE_KEY", ""))).isFalse();
    assertThat(RealService.settings(Map.of())).isEmpty();
  }
}
