package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.policy.Category;
import pledge.policy.RetentionPeriod;
import pledge.records.Backstage;
import pledge.records.ManyRecords;
import pledge.vault.EpochId;

/**
 * What it costs to end a period on time, from what DynamoDB says it charges. The benchmark does the
 * same with ten times as many.
 */
class RetentionCostTest {
  /** A minute before an hour ends: the records outlive its key by their own expiry. */
  private static final Instant WRITTEN = Instant.parse("2027-03-01T12:59:00Z");

  private static final EpochId HOUR = EpochId.of(RetentionPeriod.HOURS_24, WRITTEN);
  private static final int SAMPLE = 100;

  @Test
  @DisplayName("content-24h: one delete makes 10 000 records unreadable, as it does 1 000")
  void isOneDeleteHoweverMuchThereIs() {
    assertThat(List.of(destroy(1_000), destroy(10_000)))
        .allSatisfy(
            calls ->
                assertThat(calls).containsExactly("DynamoDb Scan 0.0", "DynamoDb DeleteItem 1.0"));
  }

  /** All calls of the run that destroys an hour of that many records, with their write units. */
  private static List<String> destroy(int records) {
    var options =
        ManyRecords.machine().withFunctions("RetentionScheduleFunction").withClockAt(WRITTEN);
    try (var machine = Machine.start(options);
        var backstage = new Backstage(machine)) {
      var written = backstage.manyRecords().write(Category.REQUEST_CONTENT, records);
      var sample = sample(written);
      machine.clock().set(HOUR.endsAt().minusMillis(1));
      machine.settle();
      // So that the run at the end has no key to make.
      backstage
          .vault()
          .prepareEpochKey(
              EpochId.of(RetentionPeriod.HOURS_24, HOUR.endsAt().plus(Duration.ofHours(2))));
      var warm = backstage.store();
      assertThat(sample)
          .as("a millisecond before")
          .allMatch(ref -> Backstage.isReadable(warm, ref));

      try (var journal = Journal.of("pledge.retention.schedule")) {
        machine.clock().set(HOUR.endsAt());
        machine.settle();

        assertThat(sample).as("here").noneMatch(ref -> Backstage.isReadable(warm, ref));
        var fresh = backstage.store();
        assertThat(sample).as("elsewhere").noneMatch(ref -> Backstage.isReadable(fresh, ref));
        var late = backstage.store(() -> machine.clock().instant().minus(Duration.ofMinutes(30)));
        assertThat(sample)
            .as("where the clock says that there is time yet")
            .noneMatch(ref -> Backstage.isReadable(late, ref));
        assertThat(sample).as("they lie there").noneMatch(ref -> backstage.raw(ref).isEmpty());
        return journal.entries().stream()
            .map(entry -> entry.service() + " " + entry.operation() + " " + entry.writeUnits())
            .toList();
      }
    }
  }

  private static <T> List<T> sample(List<T> all) {
    var step = Math.max(1, all.size() / SAMPLE);
    return IntStream.iterate(0, i -> i < all.size(), i -> i + step).mapToObj(all::get).toList();
  }
}
