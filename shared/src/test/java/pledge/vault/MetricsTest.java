package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The embedded metric format, as CloudWatch specifies it. */
final class MetricsTest {
  private static final Instant AT = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void isOneLineOfJsonWithFiguresAndWhatTheyAreAndWords() {
    var line =
        Metrics.of("Table", "activity")
            .count("Swept", 3)
            .seconds("Age", Duration.ofHours(1))
            .word("logs-30d", "KEPT")
            .line(AT);

    assertThat(line).doesNotContain("\n");
    assertThat(Json.MAPPER.fromJson(line))
        .isEqualTo(
            Json.MAPPER.fromJson(
                """
                    {"_aws": {"Timestamp": 1795262400000, "CloudWatchMetrics": [{
                        "Namespace": "Pledge", "Dimensions": [["Table"]],
                        "Metrics": [{"Name": "Swept", "Unit": "Count"}, {"Name": "Age", "Unit": "Seconds"}]}]},
                     "Table": "activity", "Swept": 3, "Age": 3600, "logs-30d": "KEPT"}
                    """));
  }

  @Test
  void hasNoDimensionWhereItIsOfTheWhole() {
    assertThat(Metrics.overall().count("Swept", 0).line(AT)).contains("\"Dimensions\":[[]]");
  }
}
