package pledge.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Function;
import pledge.local.Machine;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.privacy.Custodians;
import pledge.privacy.Erasure;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequests;
import pledge.privacy.Receipts;
import pledge.records.Backstage;
import pledge.store.Backend;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Rests;
import pledge.vault.Environment;
import pledge.vault.SigningKey;
import pledge.vault.SubjectId;

/** People who asked to be erased, and of whom nothing is deleted yet. */
final class Leavers {
  /** After the last message was waited for in vain. */
  private static final Duration TO_THE_DELETION = AtErasure.CHANGE_OF_MIND.plusDays(3);

  /** When no backup reaches back any more. */
  private static final Duration TO_THE_RECEIPT = TO_THE_DELETION.plusDays(8);

  private final Backstage backstage;
  private final Backend backend;
  private final InstantSource clock;
  private final SigningKey key;

  Leavers(Machine machine, Backstage backstage) {
    this.backstage = backstage;
    this.clock = machine.clock();
    backend = backstage.backend();
    key =
        backend
            .vault()
            .signingKey(
                new Environment(machine.environment("ErasureFunction"), clock)
                    .setting("RECEIPT_KEY"));
  }

  /**
   * Somebody who asked.
   *
   * @param item the place in the list of open requests, as it comes in the function's queue
   * @param askedAt in milliseconds, as times are kept
   */
  record Leaver(SubjectId subject, String item, Instant askedAt) {
    /** When the function's run reads the numbers, and tells. */
    Instant beginning() {
      return askedAt.plus(AtErasure.CHANGE_OF_MIND);
    }

    /** When the run after that deletes. */
    Instant deletion() {
      return askedAt.plus(TO_THE_DELETION);
    }
  }

  /** Fails where an erasure has not come past its deletion. */
  void checkDeleted(Leaver leaver) {
    var standing = erasure(backend, leaver.deletion()).advance(leaver.item(), () -> false);
    if (standing.orElseThrow().stage() != Stage.OUTLIVE_BACKUPS) {
      throw new IllegalStateException("stands at " + standing);
    }
  }

  /** Somebody of whom there are so many records, and nothing else is done yet. */
  Leaver asking(int records) {
    var person = person(records);
    var credential =
        new Kind<>(
            Category.CREDENTIAL,
            Category.CREDENTIAL.name(),
            1,
            Function.<Fields>identity(),
            Function.identity());
    backend
        .store()
        .transaction()
        .insert(
            credential.in(person.value()),
            new Fields(Category.CREDENTIAL)
                .text("passwordHash", "x")
                .instant("changedAt", clock.instant()),
            Instant.MAX,
            Set.of(backend.vault().blindIndex("email", person.value())))
        .commit();
    var id = new PrivacyRequests(backend, clock).erase(person);
    var open =
        OpenRequest.all(backend.store(), What.ERASURE).stream()
            .filter(found -> found.ref().sort().endsWith(id))
            .findFirst()
            .orElseThrow();
    return new Leaver(person, open.ref().sort(), open.createdAt());
  }

  /** Somebody of whom there are so many records of activity and nothing else. */
  SubjectId person(int records) {
    var person = backstage.subject();
    backstage.manyRecords().write(person, Category.SECURITY_EVENT, records);
    return person;
  }

  /** From the first stage to the receipt, by the clock of somebody who looks when it is time. */
  void erase(Leaver leaver, Backend through) {
    for (var wait : new Duration[] {AtErasure.CHANGE_OF_MIND, TO_THE_DELETION}) {
      erasure(through, leaver.askedAt().plus(wait)).advance(leaver.item(), rests());
    }
    var standing =
        erasure(through, leaver.askedAt().plus(TO_THE_RECEIPT)).advance(leaver.item(), rests());
    if (standing.isPresent()) {
      throw new IllegalStateException("stands at " + standing);
    }
  }

  /** As the function rests. */
  private static Rests rests() {
    return new Rests(() -> (int) (System.nanoTime() / -1_000_000), Integer.MIN_VALUE);
  }

  private Erasure erasure(Backend through, Instant now) {
    var receipts = new Receipts(through.store(), key, "https://pledge.example.org");
    return new Erasure(through, receipts, new Custodians(), () -> now);
  }
}
