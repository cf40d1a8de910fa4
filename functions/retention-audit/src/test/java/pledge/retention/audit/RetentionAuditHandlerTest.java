package pledge.retention.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.local.Machine;
import pledge.local.Options;

final class RetentionAuditHandlerTest {
  @ParameterizedTest
  @ValueSource(strings = {"daily", "on-demand"})
  void answersTheResultOfEachPledge(String event) throws IOException {
    var sample = Files.readAllBytes(Path.of("../../events/retention-audit", event + ".json"));
    try (var machine = Machine.start(Options.inMemory().withFunctions("RetentionAuditFunction"))) {
      var answer =
          new String(machine.invoke("RetentionAuditFunction", sample), StandardCharsets.UTF_8);

      assertThat(answer)
          .contains("\"content-24h\":\"KEPT\"", "\"staff-access\":\"KEPT\"")
          // What tells people of policies does not run here.
          .contains("\"policy-changes\":\"AT_RISK\"")
          .doesNotContain("BROKEN")
          .containsOnlyOnce("AT_RISK");
    }
  }
}
