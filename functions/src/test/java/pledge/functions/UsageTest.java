package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;
import static pledge.functions.Problems.json;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;

/** What staff see of what customers used. */
final class UsageTest {
  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withFunctions("UsageFunction", "UsageAggregateFunction")
              .withClockAt(Instant.parse("2026-11-30T12:00:00Z")));

  private final Staff staff = new Staff(machine);

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  @DisplayName("anonymous-aggregates: staff see figures over 20 customers or more, and no others")
  void staffSeeFiguresOverManyCustomersOnly() {
    Customers.use(machine, 20, "chat");
    Customers.use(machine, 19, "files");
    assertThat(json(staff.get("/staff/usage/2026-11-30")).path("figures")).isEmpty();
    machine.clock().advance(Duration.ofDays(1));
    machine.settle();

    for (var period : List.of("2026-11-30", "2026-11")) {
      var figures = json(staff.get("/staff/usage/" + period)).path("figures");
      assertThat(figures).hasSize(1);
      assertThat(figures.path(0).path("feature").asText()).isEqualTo("chat");
      assertThat(figures.path(0).path("customers").asInt()).isEqualTo(20);
      assertThat(figures.path(0).path("tokens").asInt()).isEqualTo(200);
      assertThat(figures.path(0)).as("and nothing else").hasSize(4);
    }
  }

  @Test
  @DisplayName("anonymous-aggregates: nobody else sees them")
  void nobodyElseSeesThem() {
    assertThat(Person.of(machine, "eve@example.org").get("/staff/usage/2026-11").statusCode())
        .isEqualTo(403);
  }

  @Test
  void findsNothingWhereThereIsNoSuchDay() {
    for (var period : List.of("2026-13", "2026-02-30", "yesterday", "2026", "2026-1")) {
      assertProblem(staff.get("/staff/usage/" + period), 404, "not-found");
    }
  }
}
