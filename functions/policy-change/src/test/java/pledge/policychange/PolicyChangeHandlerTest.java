package pledge.policychange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;

/** The function as its schedule calls it, where nobody has an account. */
final class PolicyChangeHandlerTest {
  private static final Path HOURLY = Path.of("..", "..", "events", "policy-change", "hourly.json");

  private final Machine machine =
      Machine.start(
          Options.inMemory()
              .withFunctions("PolicyChangeFunction")
              .withClockAt(Instant.parse("2027-01-01T00:00:00Z")));

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  @DisplayName("policy-changes: says for how long not everybody is told, and then that all are")
  void saysForHowLongNotEverybodyIsTold() throws IOException {
    assertThat(run()).contains("\"PolicyChangeUntoldSeconds\":0");
    machine.clock().advance(Duration.ofHours(24));
    machine.settle();
    assertThat(run()).contains("\"PolicyChangeUntoldSeconds\":86400");
    machine.clock().advance(Duration.ofHours(1));
    machine.settle();

    assertThat(run()).isEqualTo("{\"PeopleToldOfPolicies\":0,\"PolicyChangeUntoldSeconds\":0}");
  }

  @Test
  void failsWhereTheDatabaseDoesNotAnswer() {
    machine.dynamo().failNext(1_000, "InternalServerError");

    assertThatThrownBy(this::run).hasStackTraceContaining("UnavailableException");
  }

  private String run() throws IOException {
    var answer = machine.invoke("PolicyChangeFunction", Files.readAllBytes(HOURLY));
    return new String(answer, StandardCharsets.UTF_8);
  }
}
