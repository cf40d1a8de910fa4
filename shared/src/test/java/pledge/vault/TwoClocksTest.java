package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TwoClocksTest {
  private static final Instant SCHEDULE = Instant.parse("2026-11-21T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "PT0S, PT0S",
    "PT-5M, PT0S",
    "PT-5M-0.001S, PT5M0.001S",
    "PT23H, PT0S",
    "PT24H, PT0S",
    "PT24H0.001S, PT24H0.001S"
  })
  void isSkewedWhereALateEventDoesNotExplainIt(Duration ahead, Duration skew) {
    var clocks = new TwoClocks(SCHEDULE.plus(ahead), SCHEDULE);

    assertThat(clocks.late()).isEqualTo(ahead);
    assertThat(clocks.skew()).isEqualTo(skew);
  }

  @ParameterizedTest
  @CsvSource({"PT1S", "PT-1S"})
  void knowsWhichIsEarlier(Duration ahead) {
    var clocks = new TwoClocks(SCHEDULE.plus(ahead), SCHEDULE);

    assertThat(clocks.earlier()).isBefore(clocks.later());
    assertThat(Duration.between(clocks.earlier(), clocks.later())).isEqualTo(Duration.ofSeconds(1));
  }
}
