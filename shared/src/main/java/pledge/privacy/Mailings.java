package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.PublicDocument.Version;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Change;
import pledge.store.Partitions;
import pledge.store.Store;
import pledge.subject.SubjectKinds;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * Messages to everybody whom something concerns: all accounts and all sign-ups are gone through,
 * page by page, for as long as there is time, and the next run goes on. A page may be gone through
 * twice, where a run died; whom it concerns is told once all the same, and counted once.
 */
public final class Mailings {
  private static final Logger LOG = LoggerFactory.getLogger(Mailings.class);

  private static final String PARTITION = "mailings";

  /** Records that one page looks at: a person has some five of them. */
  private static final int PAGE = 500;

  /** People who are looked at side by side: each is some round trips to the database. */
  private static final int SIDE_BY_SIDE = 16;

  private final Store store;
  private final Partitions partitions;
  private final InstantSource clock;

  public Mailings(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.partitions = new Partitions(store);
    this.clock = clock;
  }

  /** What is to be told. */
  @FunctionalInterface
  public interface Letter {
    /** Whether it concerns that person, who is told by then: once, however often it is asked. */
    boolean concerns(SubjectId person);
  }

  /**
   * How far it is.
   *
   * @param people who were looked at, in the walk that goes on or was the last
   * @param concerned how many of them were told
   * @param endedAt when everybody was told; empty before
   */
  public record Progress(long people, long concerned, Instant beganAt, Optional<Instant> endedAt) {
    public boolean finished() {
      return endedAt.isPresent();
    }
  }

  /** The id of the message that a policy changes. */
  public static String ofChange(Version change) {
    return "policy#" + change.document().id() + "#" + change.date();
  }

  /** How far a message is, if it was begun. */
  public Optional<Progress> of(String id) {
    return store
        .get(Mailing.KIND.in(PARTITION, id), Purpose.SERVICE_MESSAGES)
        .map(found -> progress(found.value()));
  }

  /** Goes on with a message, or begins it: everybody is gone through once. */
  public Progress advance(String id, Letter letter, BooleanSupplier hasTime) {
    return advance(id, letter, Duration.ZERO, hasTime);
  }

  /**
   * Goes on with a message, or begins it.
   *
   * @param id of the message: what is told under it is the same each time
   * @param again how long after the beginning everybody is gone through once more, for those whom
   *     it came to concern meanwhile; zero for not
   * @param hasTime asked before each page
   * @throws UnavailableException where the database or KMS cannot answer for now: the next run goes
   *     on from the last page that was done
   */
  public Progress advance(String id, Letter letter, Duration again, BooleanSupplier hasTime) {
    var ref = Mailing.KIND.in(PARTITION, id);
    var found = store.get(ref, Purpose.SERVICE_MESSAGES);
    if (found.isEmpty()) {
      store.insert(ref, Mailing.beginning(clock.instant()), Instant.MAX);
      found = store.get(ref, Purpose.SERVICE_MESSAGES);
    }
    var mailing = found.orElseThrow().value();
    if (mailing.endedAt().isPresent() || !isDue(mailing, again)) {
      return progress(mailing);
    }
    while (hasTime.getAsBoolean()) {
      var next = page(mailing, letter, again);
      if (!store.change(ref, change(mailing, next))) {
        LOG.info("{} is in other hands", id);
        break;
      }
      mailing = next;
      if (mailing.cursor().isEmpty()) {
        // One walk a run: who could not be told now can be in an hour, and not at once.
        break;
      }
    }
    return progress(mailing);
  }

  private boolean isDue(Mailing mailing, Duration again) {
    var wait = mailing.walk() == 1 || !mailing.cursor().isEmpty() ? Duration.ZERO : again;
    return !clock.instant().isBefore(mailing.beganAt().plus(wait));
  }

  private Mailing page(Mailing mailing, Letter letter, Duration again) {
    var page = partitions.page(SubjectKinds.PEOPLE, mailing.cursor(), PAGE);
    var concerned = 0L;
    var failed = 0L;
    for (var answer : ask(page.ids(), letter)) {
      switch (answer) {
        case CONCERNED -> concerned++;
        case NOT_CONCERNED -> {}
        case FAILED -> failed++;
      }
    }
    var next = mailing.after(page.next(), page.ids().size(), concerned, failed);
    if (!page.next().isEmpty()) {
      return next;
    }
    var oneMore = next.failed() > 0 || (mailing.walk() == 1 && !again.isZero());
    return oneMore ? next.again() : next.ended(clock.instant());
  }

  private enum Answer {
    CONCERNED,
    NOT_CONCERNED,
    /** One person whose records are broken must not hold up the others, nor be forgotten. */
    FAILED
  }

  private static List<Answer> ask(List<String> people, Letter letter) {
    var questions = new ArrayList<Callable<Answer>>();
    people.forEach(person -> questions.add(() -> ask(new SubjectId(person), letter)));
    try (var threads = Executors.newFixedThreadPool(SIDE_BY_SIDE, Thread.ofVirtual().factory())) {
      var answers = new ArrayList<Answer>();
      for (var answer : threads.invokeAll(questions)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof UnavailableException unavailable
          ? unavailable
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("a thread", e);
    }
  }

  private static Answer ask(SubjectId person, Letter letter) {
    try {
      return letter.concerns(person) ? Answer.CONCERNED : Answer.NOT_CONCERNED;
    } catch (UnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("{} could not be told: {}", person, e.getClass().getSimpleName());
      return Answer.FAILED;
    }
  }

  /** Written down only where nobody else went on from the same place. */
  private static Change change(Mailing before, Mailing after) {
    var change =
        Change.of(Mailing.KIND.category())
            .whereAbsent("endedAt")
            .where("walk", before.walk())
            .where("cursor", before.cursor())
            .set("walk", after.walk())
            .set("cursor", after.cursor())
            .set("people", after.people())
            .set("concerned", after.concerned())
            .set("failed", after.failed());
    after.endedAt().ifPresent(at -> change.set("endedAt", at));
    return change;
  }

  private static Progress progress(Mailing mailing) {
    return new Progress(
        mailing.people(), mailing.concerned(), mailing.beganAt(), mailing.endedAt());
  }
}
