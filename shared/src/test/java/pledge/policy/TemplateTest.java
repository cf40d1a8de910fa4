package pledge.policy;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class TemplateTest {
  @Test
  void refusesAPlaceThatNothingFills() {
    assertThatThrownBy(() -> Template.fill("processor-register.md", Map.of("controller", "we")))
        .hasMessageContaining("nothing fills {{processors}}");
  }

  @Test
  void refusesAValueWithoutAPlace() {
    assertThatThrownBy(
            () ->
                Template.fill(
                    "processor-register.md",
                    Map.of("controller", "we", "processors", "them", "weather", "fine")))
        .hasMessageContaining("no place for [weather]");
  }

  @Test
  void refusesATemplateThatIsNotThere() {
    assertThatThrownBy(() -> Template.fill("weather.md", Map.of()))
        .hasMessageContaining("not in the archive");
  }
}
