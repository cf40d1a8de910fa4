package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.policy.AtErasure;
import pledge.policy.Processor;
import pledge.privacy.Custodians;
import pledge.privacy.Erasure;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.ExportFiles;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.RemoteCopies;
import pledge.privacy.RemoteCopy;
import pledge.processor.Custodian.Answer;
import pledge.records.Backstage;
import pledge.store.Files;
import pledge.vault.Environment;
import pledge.vault.SubjectId;

/** An instance that is slow, while others go on without it: it does no harm when it goes on. */
class SlowInstanceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Erasures people = new Erasures();

  @AfterEach
  void close() {
    people.close();
  }

  @Test
  @DisplayName("erase-everywhere: overtaken before any write of it, it comes to one end")
  void comesToOneEndWhereverAnotherOvertakesIt() {
    var neighbour = people.somebody();
    var theirs = people.traces(neighbour.value());
    var stripe =
        new UnreliableProcessor(Processor.STRIPE, List.of("cus_1"), List.of(Answer.Gone::new));
    var writes = 0;
    for (var held = true; held; writes++) {
      var somebody = people.somebody();
      var id = people.requests().erase(somebody);
      var open = people.open();
      var hold = new Hold(writes + 1);
      try (var way = new Backstage(people.machine, hold)) {
        var slow = people.erasure(way, PATIENCE, stripe);
        while (hold.run(() -> people.advance(slow, open), () -> overtake(somebody, open, stripe))
            .isPresent()) {
          people.machine.clock().advance(Duration.ofDays(8));
        }
      }
      held = hold.isReached();
      people.assertErased(somebody, id, "overtaken before write " + (writes + 1));
    }
    assertThat(writes).as("writes to be held at").isGreaterThan(15);
    assertThat(people.traces(neighbour.value())).isEqualTo(theirs);
  }

  /**
   * Goes on as far as it can while backups run out: who had the key then is looked for after them.
   */
  private void overtake(SubjectId person, String open, UnreliableProcessor stripe) {
    var stage = Stage.valueOf(people.requests().all(person).getFirst().value().stage());
    if (stage.compareTo(Stage.OUTLIVE_BACKUPS) < 0) {
      people.until(Stage.OUTLIVE_BACKUPS, people.erasure(stripe), open);
    } else {
      people.toTheEnd(people.erasure(stripe), open);
    }
  }

  @Test
  @DisplayName("erase-everywhere: a copy that an erasure overtakes before any write leaves nothing")
  void leavesNothingOfACopyWhereverAnErasureOvertakesIt() {
    var writes = 0;
    for (var held = true; held; writes++) {
      var leaving = new Leaving();
      var hold = new Hold(writes + 1);
      try (var way = new Backstage(people.machine, hold)) {
        hold.run(
            () -> people.exports(way, PATIENCE).advance(leaving.copy),
            () -> {
              people.until(Stage.OUTLIVE_BACKUPS, leaving.erasure(), leaving.open);
              deleteCopies();
            });
      }
      held = hold.isReached();
      leaving.assertNothingIsLeft("overtaken before write " + (writes + 1));
    }
    assertThat(writes).as("writes to be held at").isGreaterThan(2);
  }

  @Test
  @DisplayName("erase-everywhere: copied at the moment that it begins, nothing is left")
  void leavesNothingOfACopyThatIsMadeAtTheMomentThatItBegins() {
    for (var round = 0; round < 8; round++) {
      var leaving = new Leaving();
      people.until(Stage.WAIT, leaving.erasure(), leaving.open);
      people.machine.clock().advance(AtErasure.CHANGE_OF_MIND.minusMillis(round % 2));

      SignUpTest.<Object>atOnce(
          List.of(
              () -> people.exports().advance(leaving.copy),
              () -> people.advance(leaving.erasure(), leaving.open)));

      leaving.assertNothingIsLeft("round " + round);
    }
  }

  /** Somebody who asked for a copy, and to be erased. */
  private final class Leaving {
    private final SubjectId person = people.somebody();
    private final String id;
    private final String copy;
    private final String open;

    Leaving() {
      people.account(person);
      people.requests().export(person);
      copy = people.open(What.EXPORT);
      id = people.requests().erase(person);
      open = people.open();
    }

    Erasure erasure() {
      return people.erasure(bucket());
    }

    void assertNothingIsLeft(String how) {
      people.toTheEnd(erasure(), open);
      people.exports().advance(copy);
      deleteCopies();
      people.assertErased(person, id, how);
      assertThat(people.machine.buckets().objects("ExportsBucket")).as(how).isEmpty();
      assertThat(OpenRequest.all(people.backstage.store())).as(how).isEmpty();
    }
  }

  /** Deletes what the bucket is still to delete, as the hourly clock has it done. */
  private void deleteCopies() {
    var store = people.backstage.store();
    var copies = new RemoteCopies(store, new Custodians(bucket()), people.machine.clock());
    RemoteCopy.all(store).forEach(found -> copies.advance(found.ref().sort()));
    assertThat(RemoteCopy.all(store)).isEmpty();
  }

  private ExportFiles bucket() {
    var settings = people.machine.environment("ErasureFunction");
    return new ExportFiles(
        Files.of(new Environment(settings, people.machine.clock()), "EXPORTS_BUCKET"));
  }
}
