package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SchedulesTest {
  @Test
  void callsAtTheNextFullHour() {
    try (var machine = Sample.start()) {
      machine.clock().advance(Duration.ofMinutes(59));
      machine.settle();
      assertThat(times(machine)).isEmpty();

      machine.clock().advance(Duration.ofMinutes(1));
      machine.settle();
      assertThat(times(machine)).containsExactly("2026-03-01T13:00:00Z");
    }
  }

  @Test
  void makesUpInOrderForWhatTheClockJumpedOver() {
    try (var machine = Sample.start()) {
      machine.clock().advance(Duration.ofHours(3));
      machine.settle();

      assertThat(times(machine))
          .containsExactly("2026-03-01T13:00:00Z", "2026-03-01T14:00:00Z", "2026-03-01T15:00:00Z");
    }
  }

  @Test
  void givesUpWhatWasDueMoreThanADayAgo() {
    try (var machine = Sample.start()) {
      machine.clock().advance(Duration.ofDays(365));
      machine.settle();

      assertThat(times(machine))
          .hasSize(25)
          .startsWith("2027-02-28T12:00:00Z")
          .endsWith("2027-03-01T12:00:00Z");
    }
  }

  @Test
  void sendsWhatEventBridgeSends() {
    try (var machine = Sample.start()) {
      machine.clock().advance(Duration.ofHours(1));
      machine.settle();

      assertThat(Recorder.seen(machine, "schedule"))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.path("source").asText()).isEqualTo("aws.events");
                assertThat(event.path("detail-type").asText()).isEqualTo("Scheduled Event");
                assertThat(event.path("detail").isObject()).isTrue();
                assertThat(event.path("resources").path(0).asText())
                    .endsWith("rule/HourlyFunctionHourly");
              });
    }
  }

  @Test
  void sendsTheInputOfTheTemplate() {
    try (var machine = Sample.start()) {
      machine.clock().advance(Duration.ofHours(16));
      machine.settle();

      assertThat(Recorder.seen(machine, "schedule")).contains(Json.parse("{\"nightly\":true}"));
    }
  }

  private static List<String> times(Machine machine) {
    return Recorder.seen(machine, "schedule").stream()
        .filter(event -> event.has("time"))
        .map(event -> event.path("time").asText())
        .toList();
  }
}
