package pledge.retention.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.vault.SubjectId;

/** Lambda delivers a batch at least once, and begins it anew where it heard no answer. */
final class RepeatedBatchesTest {
  private final Streams streams = new Streams(false);

  @AfterEach
  void close() {
    streams.close();
  }

  @Test
  void countsABatchOnceThatComesAgainShorterOrLonger() {
    var subject = streams.somebody();
    var all = sessions(subject, 9);
    // None was acknowledged but the last.
    for (var length : List.of(5, 5, 3, 9, 1, 9)) {
      assertThat(streams.deliver(all.subList(0, length))).isEmpty();
    }

    assertThat(streams.counted()).isEqualTo(Map.of(Category.SESSION, 9L));
    assertThat(streams.events(subject)).hasSize(9);
  }

  @Test
  void countsBatchesThatComeInAnyOrderMoreThanOnce() {
    var subject = streams.somebody();
    var all = sessions(subject, 12);
    var starts = new ArrayList<>(List.of(0, 3, 6, 9));
    for (var length : List.of(2, 3, 1, 3)) {
      Collections.shuffle(starts, new Random(length));
      starts.forEach(
          start -> assertThat(streams.deliver(all.subList(start, start + length))).isEmpty());
    }

    assertThat(streams.counted()).isEqualTo(Map.of(Category.SESSION, 12L));
    assertThat(streams.events(subject)).hasSize(12);
  }

  /** Its answer was lost after all was counted; then a key could not be opened on the way. */
  @Test
  void countsOnceWhatWasCountedUnheardAndComesAgainInParts() {
    var subject = streams.somebody();
    var other = streams.somebody();
    var batch = streams.aSessionBetweenNotices(other, subject);
    streams.deliver(batch);
    // Keys are not remembered for so long.
    streams.machine.clock().advance(Duration.ofHours(1));
    streams.machine.kms().failNext(1_000, "KMSInternalException", 500);
    assertThat(streams.deliver(batch)).contains(batch.get(1).sequenceNumber());
    streams.machine.kms().reset();
    assertThat(streams.deliver(batch.subList(1, 3))).isEmpty();

    assertThat(streams.counted()).isEqualTo(Map.of(Category.NOTICE, 2L, Category.SESSION, 1L));
    assertThat(streams.events(other)).hasSize(1);
  }

  @Test
  void isWholeAfterADeathAnywhere() {
    dieAnywhere(
        (subject, _) -> sessions(subject, 3),
        (subject, all) -> {
          assertThat(streams.counted()).isEqualTo(Map.of(Category.SESSION, 3L * all));
          assertThat(streams.events(subject)).hasSize(3);
        });
  }

  @Test
  @DisplayName("erase-everywhere: no death leaves out, or doubles, what a provider is to delete")
  void notesEachCopyOnceAfterADeathAnywhere() {
    var copies = new TreeSet<String>();
    dieAnywhere(
        (subject, death) -> {
          var records = new ArrayList<Streams.Sent>();
          for (var i = 0; i < 3; i++) {
            var number = "SM%03d%d".formatted(death, i);
            records.add(streams.expired(Table.SUBJECTS, subject.value(), "TEXT#" + number));
            copies.add("remote-copies COPY#TWILIO#" + number);
          }
          return records;
        },
        (_, all) -> {
          assertThat(streams.counted()).isEqualTo(Map.of(Category.TEXT_MESSAGE, 3L * all));
          assertThat(streams.copies()).containsExactlyElementsOf(copies);
        });
  }

  /**
   * Dies before and after each write of a batch of three, and delivers it again.
   *
   * @param batches makes one of somebody's, for the nth death
   * @param check what is there after that many batches, the last of them that person's
   */
  private void dieAnywhere(
      BiFunction<SubjectId, Integer, List<Streams.Sent>> batches,
      BiConsumer<SubjectId, Integer> check) {
    var deaths = 0;
    for (var write = 1; ; write++) {
      for (var reached : List.of(true, false)) {
        var subject = streams.somebody();
        var batch = batches.apply(subject, deaths);
        if (reached) {
          streams.machine.dynamo().dieAfterWrite(write);
        } else {
          streams.machine.dynamo().dieBeforeWrite(write);
        }
        streams.deliver(batch);
        var dead = streams.machine.dynamo().isDead();
        streams.machine.dynamo().reset();
        if (!dead) {
          assertThat(write).as("writes of a batch").isGreaterThan(4);
          check.accept(subject, deaths + 1);
          return;
        }
        // Its answer was not heard.
        assertThat(streams.deliver(batch)).isEmpty();
        deaths++;

        check.accept(subject, deaths);
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 20_261_122})
  void countsEachRecordOnceHoweverOftenItDies(long seed) {
    var random = new Random(seed);
    var subject = streams.somebody();
    var all = sessions(subject, 60);
    var next = 0;
    while (next < all.size()) {
      var batch = all.subList(next, Math.min(all.size(), next + 1 + random.nextInt(10)));
      var dies = random.nextInt(3) == 0;
      if (dies) {
        streams.machine.dynamo().dieAfterWrite(1 + random.nextInt(12));
      }
      var again = streams.deliver(batch);
      var heard = !streams.machine.dynamo().isDead() || random.nextBoolean();
      streams.machine.dynamo().reset();
      if (heard) {
        next = again.map(number -> index(all, number)).orElse(next + batch.size());
      }
    }

    assertThat(streams.counted()).isEqualTo(Map.of(Category.SESSION, 60L));
    assertThat(streams.events(subject)).hasSize(60);
  }

  private List<Streams.Sent> sessions(SubjectId subject, int count) {
    var records = new ArrayList<Streams.Sent>();
    for (var i = 0; i < count; i++) {
      records.add(streams.expired(Table.SUBJECTS, subject.value(), "SESSION#" + i));
    }
    return records;
  }

  private static int index(List<Streams.Sent> all, String sequenceNumber) {
    for (var i = 0; i < all.size(); i++) {
      if (all.get(i).sequenceNumber().equals(sequenceNumber)) {
        return i;
      }
    }
    throw new AssertionError("no record " + sequenceNumber);
  }
}
