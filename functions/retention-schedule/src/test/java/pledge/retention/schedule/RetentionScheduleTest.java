package pledge.retention.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.RetentionPeriod;
import pledge.vault.EpochId;
import pledge.vault.UnavailableException;

final class RetentionScheduleTest {
  /** In the middle of an hour, the first of a day, the first of a month. */
  private static final Instant START = Instant.parse("2027-03-01T00:30:00Z");

  private static final int HOURS_OF_A_DAY = 24;

  /** Seven keys are deleted, and seven noted and made. */
  private static final int WRITES_OF_A_RUN = 21;

  private World world = new World(START);

  @BeforeEach
  void reset() {
    world.reset();
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void makesTheKeysOfNowAndOfWhatComesNext() {
    assertThat(world.run()).containsEntry("EpochKeysMade", 7L);
    assertThat(world.keys().stream().map(EpochId::value))
        .containsExactlyInAnyOrder(
            "24h#2027-03-01T00:00:00Z",
            "24h#2027-03-01T01:00:00Z",
            "24h#2027-03-01T02:00:00Z",
            "30d#2027-03-01T00:00:00Z",
            "30d#2027-03-02T00:00:00Z",
            "13m#2027-03-01T00:00:00Z",
            "13m#2027-04-01T00:00:00Z");
  }

  @Test
  void asksKmsForNothingAndWritesNothingWhereEveryKeyIsThere() {
    world.run();
    world.reset();

    assertThat(world.run())
        .containsEntry("EpochKeysMade", 0L)
        .containsEntry("EpochKeysDestroyed", 0L)
        .containsEntry("LatenessSeconds", 0L);
    assertThat(world.machine.kms().calls()).isEmpty();
    assertThat(world.machine.dynamo().operations()).containsExactly("Scan");
  }

  @Test
  @DisplayName("content-24h: a key is destroyed when its period is over, and not before")
  void destroysAKeyWhenItsPeriodIsOverAndNotBefore() {
    world.run();
    var hour = EpochId.of(RetentionPeriod.HOURS_24, START);
    world.clock().set(hour.endsAt().minusMillis(1));
    assertThat(world.run()).containsEntry("EpochKeysDestroyed", 0L);
    assertThat(world.keys()).contains(hour);
    world.clock().set(hour.endsAt());

    assertThat(world.run()).containsEntry("EpochKeysDestroyed", 1L);
    assertThat(world.keys()).doesNotContain(hour);
  }

  @Test
  @DisplayName("content-24h: after a day without a run, one run catches up and says how late it is")
  void catchesUpAfterADay() {
    for (var hour = 0; hour < HOURS_OF_A_DAY; hour++) {
      world.run();
      world.clock().advance(Duration.ofHours(1));
    }
    var first = world.keys().getFirst();
    world.clock().set(first.endsAt().plus(Duration.ofDays(1)));

    // The 24 hours, and the two that were made ahead.
    assertThat(world.run())
        .containsEntry("EpochKeysDestroyed", 25L)
        .containsEntry("LatenessSeconds", 86_400L);
    assertThat(world.keys()).allSatisfy(key -> assertThat(key.endsAt()).isAfter(world.now()));
  }

  @Test
  void destroysTheOldestFirst() {
    var epochs = oldEpochs();
    world.clock().advance(Duration.ofDays(400));
    for (var died = 1; died <= epochs.size(); died++) {
      world.machine.dynamo().dieAfterWrite(1);
      assertThatThrownBy(world::run).isInstanceOf(UnavailableException.class);
      world.reset();

      assertThat(world.keys().stream().filter(epochs::contains))
          .containsExactlyElementsOf(epochs.subList(died, epochs.size()));
    }
  }

  @Test
  void aSecondRunAtTheSameTimeDestroysNothingTwiceAndDoesNotFail() throws Exception {
    var epochs = oldEpochs();
    world.clock().advance(Duration.ofDays(400));
    var functions = List.of(world.function(), world.function(), world.function());
    var runs = new ArrayList<Future<Map<String, Long>>>();
    try (var threads = Executors.newFixedThreadPool(functions.size())) {
      for (var function : functions) {
        runs.add(threads.submit(() -> World.run(function, world.now())));
      }
    }
    var destroyed = 0L;
    for (var run : runs) {
      destroyed += run.get().getOrDefault("EpochKeysDestroyed", 0L);
    }

    assertThat(destroyed).isEqualTo(epochs.size());
    assertThat(world.keys()).hasSize(7);
  }

  @Test
  void aRunThatDiesAnywhereIsFinishedByTheNext() {
    world.run();
    for (var write = 1; write <= WRITES_OF_A_RUN; write++) {
      for (var before : List.of(true, false)) {
        // Nothing that was made then is alive.
        world.clock().advance(Duration.ofDays(450));
        world.reset();
        if (before) {
          world.machine.dynamo().dieBeforeWrite(write);
        } else {
          world.machine.dynamo().dieAfterWrite(write);
        }
        assertThatThrownBy(world::run).isInstanceOf(UnavailableException.class);
        assertThat(world.machine.dynamo().isDead()).isTrue();
        world.reset();
        world.run();

        assertThat(world.keys())
            .as("after death at write %d", write)
            .hasSize(7)
            .allSatisfy(key -> assertThat(key.endsAt()).isAfter(world.now()));
      }
    }
  }

  @Test
  void oneKeyThatKmsRefusesDoesNotHoldUpTheOthers() {
    var epochs = oldEpochs();
    world.clock().advance(Duration.ofDays(400));
    world.machine.kms().failNext(3, "KMSInternalException", 500);

    assertThatThrownBy(world::run).isInstanceOf(UnavailableException.class);
    assertThat(world.keys()).hasSize(6).doesNotContainAnyElementsOf(epochs);
    assertThat(world.run()).containsEntry("EpochKeysMade", 1L);
  }

  @Test
  void failsWhereItCannotEvenLook() {
    world.machine.dynamo().failNext(3, "InternalServerError");

    assertThatThrownBy(world::run).isInstanceOf(UnavailableException.class);
    assertThat(world.run()).containsEntry("EpochKeysMade", 7L);
  }

  @Test
  @DisplayName("content-24h, logs-30d: a key that came back from a copy opens nothing and goes")
  void aKeyThatCameBackOpensNothingAndGoesAgain() {
    world.run();
    var records =
        List.of(
            world.write(Category.REQUEST_CONTENT, "1"), world.write(Category.API_REQUEST_LOG, "1"));
    var copy = world.raw();
    world.clock().advance(Duration.ofDays(31));
    world.run();
    var clean = world.names();
    copy.forEach(world::put);

    assertThat(records).noneMatch(world::readable);
    // 3 hours, 2 days that were over; what is not over never went.
    assertThat(world.run()).containsEntry("EpochKeysDestroyed", 5L);
    assertThat(records).noneMatch(world::readable);
    assertThat(world.names()).isEqualTo(clean);
  }

  @Test
  void aClockThatRunsAheadDestroysNothingEarlyAndIsReported() {
    world.run();
    var keys = world.keys();

    assertThat(world.run(Duration.ofDays(2), world.now()))
        .containsEntry("EpochKeysDestroyed", 0L)
        .containsEntry("ClockSkewSeconds", 172_800L);
    assertThat(world.keys()).containsAll(keys);
  }

  @Test
  void aClockThatIsBehindIsReported() {
    assertThat(world.run(Duration.ofMinutes(-6), world.now()))
        .containsEntry("ClockSkewSeconds", 360L);
    assertThat(world.run(Duration.ofMinutes(-5), world.now()))
        .containsEntry("ClockSkewSeconds", 0L);
  }

  @Test
  void anEventThatComesLateDoesWhatWasDueAndMakesNothingThatIsOver() {
    world.run();
    var hour = EpochId.of(RetentionPeriod.HOURS_24, START);
    world.clock().set(hour.endsAt().plus(Duration.ofHours(20)));

    assertThat(world.run(Duration.ZERO, hour.endsAt()))
        .containsEntry("EpochKeysDestroyed", 1L)
        .containsEntry("LatenessSeconds", 72_000L)
        .containsEntry("ClockSkewSeconds", 0L);
    assertThat(world.run(Duration.ZERO, START))
        .as("a day late: it finds the keys of its hours over")
        .containsEntry("EpochKeysMade", 0L);
  }

  @Test
  void takesTheEventAsEventBridgeSendsIt() throws IOException {
    var event = Files.readAllBytes(Path.of("../../events/retention-schedule/quarter-past.json"));
    var options =
        Options.inMemory()
            .withFunctions("RetentionScheduleFunction")
            .withClockAt(Instant.parse("2026-11-21T12:15:01Z"));
    try (var machine = Machine.start(options)) {
      var answer = machine.invoke("RetentionScheduleFunction", event);

      assertThat(new String(answer, StandardCharsets.UTF_8))
          .contains("\"EpochKeysMade\":7", "\"ClockSkewSeconds\":0");
    }
  }

  /** One of each period, none of which is alive after 400 days, the first to end first. */
  private List<EpochId> oldEpochs() {
    var epochs =
        RetentionPeriod.WITH_EPOCHS.stream().map(period -> EpochId.of(period, START)).toList();
    epochs.forEach(world.vault()::prepareEpochKey);
    return epochs;
  }
}
