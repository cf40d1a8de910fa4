package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.privacy.ProcessorLine.State;
import pledge.processor.Custodian.Answer;

/** When a processor is asked again, and when staff is called. */
final class ProcessorLineTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:30:00Z");

  @Test
  @DisplayName("erase-everywhere: one that fails is asked after ever longer, six hours at most")
  void isAskedAfterEverLongerUpToSixHours() {
    var line = ProcessorLine.toBeAsked();
    assertThat(line.isDue(NOW)).isTrue();
    var waits = new ArrayList<Duration>();
    var now = NOW;
    for (var time = 0; time < 12; time++) {
      // As the next instance reads it.
      line = ProcessorLine.line(line.failed(now).text());
      var next = line.nextAt().orElseThrow();
      assertThat(line.isDue(next.minusMillis(1))).isFalse();
      assertThat(line.isDue(next)).isTrue();
      waits.add(Duration.between(now, next));
      now = next;
    }

    assertThat(waits)
        .containsExactlyElementsOf(
            LongStream.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360)
                .mapToObj(Duration::ofMinutes)
                .toList());
  }

  @Test
  @DisplayName("erase-everywhere: one that refuses is asked day by day")
  void oneThatRefusesIsAskedDayByDay() {
    var line = ProcessorLine.toBeAsked();
    for (var now : List.of(NOW, NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(2)))) {
      line = line.answered(new Answer.Refused("an open invoice"), now);
      assertThat(line.state()).isEqualTo(State.REFUSED);
      assertThat(line.nextAt()).contains(now.plus(Duration.ofDays(1)));
      assertThat(line.isStuck(now)).as("staff is called at once").isTrue();
    }
  }

  @Test
  @DisplayName("rights-deadline: staff is called once it failed for three days, and not before")
  void staffIsCalledAfterThreeDays() {
    var late = NOW.plus(Duration.ofDays(3));
    var line = ProcessorLine.toBeAsked().failed(NOW).failed(late.minusMillis(1));

    assertThat(line.isStuck(late.minusMillis(1))).isFalse();
    assertThat(line.isStuck(late)).as("since it failed first").isTrue();
    assertThat(line.answered(new Answer.Gone(), late).isStuck(late)).isFalse();
  }
}
