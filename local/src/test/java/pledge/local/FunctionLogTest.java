package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FunctionLogTest {
  @Test
  void aMetricIsShownAsItsFigures() {
    assertThat(
            FunctionLog.shown(
                """
                {"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"Table":"subjects","Removed":3,"Late":0}\
                """))
        .isEqualTo("METRIC Table subjects, Removed 3, Late 0");
  }

  @Test
  void everyOtherLineIsShownAsItIs() {
    assertThat(FunctionLog.shown("INFO Mirror - {\"_aws\":")).isEqualTo("INFO Mirror - {\"_aws\":");
  }
}
