package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class RealServiceTest {
  @Test
  void handsOnTheSettingsOfAServiceWhoseKeyIsThere() {
    var environment =
        Map.of(
            "STRIPE_KEY", "sk_test_1",
            "STRIPE_PLANS", "personal=price_1",
            "STRIPE_WEBHOOK_SECRETS", "whsec_1",
            "CLOUDFLARE_ACCOUNT", "a1",
            "PATH", "/bin");

    assertThat(RealService.STRIPE.isSet(environment)).isTrue();
    assertThat(RealService.CLOUDFLARE.isSet(environment)).isFalse();
    assertThat(RealService.settings(environment))
        .isEqualTo(
            Map.of(
                "STRIPE_KEY", "sk_test_1",
                "STRIPE_PLANS", "personal=price_1",
                "STRIPE_WEBHOOK_SECRETS", "whsec_1"));
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> RealService.settings(Map.of("STRIPE_KEY", "sk_test_1")))
        .isInstanceOf(MachineException.class)
        .hasMessage(
            "STRIPE_KEY is set, so STRIPE_PLANS, STRIPE_WEBHOOK_SECRETS must be set as well: see --help.");
    assertThatThrownBy(
            () ->
                RealService.settings(
                    Map.of(
                        "CLOUDFLARE_TOKEN", "t",
                        "CLOUDFLARE_ACCOUNT", "a1",
                        "ASSISTANT_URL", "https://assistants.example.org/{script}",
                        "MODEL_URL", "")))
        .isInstanceOf(MachineException.class)
        .hasMessage("CLOUDFLARE_TOKEN is set, so MODEL_URL must be set as well: see --help.");
  }

  @Test
  void isHelpedWithEverySettingThatFunctionsFind() throws IOException {
    var read =
        Pattern.compile("(?m)^ +((?:STRIPE|CLOUDFLARE)_[A-Z_]+|(?:ASSISTANT|MODEL)_URL): ")
            .matcher(Files.readString(TemplateReader.find(Path.of(""))));

    assertThat(read.results().map(setting -> setting.group(1)).distinct())
        .hasSize(8)
        .allMatch(CommandLine.HELP::contains);
  }

  @Test
  void hasAStandInWhereThereIsNoKey() {
    assertThat(RealService.STRIPE.isSet(Map.of("STRIPE_KEY", ""))).isFalse();
    assertThat(RealService.settings(Map.of())).isEmpty();
  }
}
