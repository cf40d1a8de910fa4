package pledge.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.billing.OverduePayments.Grace;

final class GraceTest {
  private static List<Duration> durations(String commaSeparated) {
    return Stream.of(commaSeparated.split(",", -1)).map(Duration::parse).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"P0D,P3D | P7D", "P6D | P7D", "P1D,P2D | P4D", "PT0S | PT24H"})
  void takesNoticesInTheirOrderAndADayUntilTheSuspension(String notices, Duration suspension) {
    var grace = new Grace(durations(notices), suspension);

    assertThat(grace.notices()).isEqualTo(durations(notices));
    assertThat(grace.suspension()).isEqualTo(suspension);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P3D,P0D | P7D",
        "P3D,P3D | P7D",
        "-PT1S,P3D | P7D",
        "P0D,P8D | P7D",
        "P0D,P7D | P7D",
        "P0D,P6DT0.001S | P7D",
        "P0D | PT0S"
      })
  @DisplayName("cancel-deprovisions: refuses periods in which a mail could name what is past")
  void refusesWhatIsInAnotherOrderOrTooLate(String notices, Duration suspension) {
    assertThatThrownBy(() -> new Grace(durations(notices), suspension))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("notices after [", "a day after the last of them");
  }

  @Test
  @DisplayName("cancel-deprovisions: refuses to suspend whom nobody told")
  void refusesToTellNobody() {
    assertThatThrownBy(() -> new Grace(List.of(), Duration.ofDays(7)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
