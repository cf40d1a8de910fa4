package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleExpressionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate(1 hour)          | 2026-03-01T12:00:00Z | 2026-03-01T13:00:00Z",
        "rate(5 minutes)       | 2026-03-01T12:04:59Z | 2026-03-01T12:05:00Z",
        "rate(1 day)           | 2026-03-01T12:00:00Z | 2026-03-02T00:00:00Z",
        "cron(0 4 * * ? *)     | 2026-03-01T04:00:00Z | 2026-03-02T04:00:00Z",
        "cron(0/15 * * * ? *)  | 2026-03-01T12:01:00Z | 2026-03-01T12:15:00Z",
        "cron(30 8 ? * MON-FRI *) | 2026-03-06T09:00:00Z | 2026-03-09T08:30:00Z",
        "cron(0 0 L * ? *)     | 2026-02-01T00:00:00Z | 2026-02-28T00:00:00Z",
        "cron(0 9 ? * 2#1 *)   | 2026-03-03T00:00:00Z | 2026-04-06T09:00:00Z",
        "cron(0 0 1 JAN,JUL ? *) | 2026-03-01T00:00:00Z | 2026-07-01T00:00:00Z",
        "cron(0 0 1 1 ? 2030)  | 2026-03-01T00:00:00Z | 2030-01-01T00:00:00Z",
        "cron(59 23 31 12 ? 2026) | 2026-03-01T00:00:00Z | 2026-12-31T23:59:00Z",
      })
  void isDueNextAt(String expression, Instant now, Instant next) {
    assertThat(ScheduleExpression.parse(expression).after(now)).isEqualTo(next);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate(0 hours)",
        "rate(1 week)",
        "rate()",
        "cron(0 4 * * *)",
        "cron(0 4 * * * *)",
        "cron(61 4 * * ? *)",
        "at(2026-01-01T00:00:00)",
        "hourly"
      })
  void isRefused(String expression) {
    assertThatThrownBy(() -> ScheduleExpression.parse(expression))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining(expression);
  }
}
