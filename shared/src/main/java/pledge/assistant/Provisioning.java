package pledge.assistant;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.assistant.Assistant.State;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.billing.Subscription;
import pledge.billing.Subscription.Entitlement;
import pledge.policy.Purpose;
import pledge.processor.AssistantHost;
import pledge.processor.AssistantHost.Deployment;
import pledge.processor.AssistantHost.NoAnswerException;
import pledge.processor.AssistantHost.Program;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * Makes somebody's assistant what their subscription entitles to. Each step looks first at what is
 * there, so that it can die anywhere and be done again; and one of us at a time is at work at an
 * assistant, so that nobody makes again what another deletes.
 */
public final class Provisioning {
  private static final Logger LOG = LoggerFactory.getLogger(Provisioning.class);

  /**
   * How long one turn is: longer than a function may run, and than a call that nobody waits for any
   * more can still be on its way.
   */
  public static final Duration TURN = Duration.ofMinutes(2);

  /** An assistant that is not as it is to be for so long is somebody's to look into. */
  public static final Duration PATIENCE = Duration.ofDays(3);

  private static final String ITEM = "ASSISTANT#";

  private final Store store;
  private final AssistantHost host;
  private final Program program;
  private final Predicate<SubjectId> isBeingErased;
  private final Predicate<SubjectId> isHeld;
  private final InstantSource clock;

  /**
   * With what else there is to know of a person.
   *
   * @param isBeingErased whether that has begun: then the erasure sees to the assistant
   * @param isHeld whether the law has us keep it
   */
  public Provisioning(
      Store store,
      AssistantHost host,
      Program program,
      Predicate<SubjectId> isBeingErased,
      Predicate<SubjectId> isHeld,
      InstantSource clock) {
    this.store = store;
    this.host = host;
    this.program = program;
    this.isBeingErased = isBeingErased;
    this.isHeld = isHeld;
    this.clock = clock;
  }

  /**
   * Goes on with an open task, to its end.
   *
   * @param item the sort key of its row, as a stream told of it
   * @throws UnavailableException where the database, KMS or the host did not answer, or another is
   *     at work at it: to be tried again
   * @throws AssistantHost.RefusedException where somebody of ours has to see to it; it is tried
   *     again as well
   */
  public void advance(String item) {
    var person = person(item);
    for (var task = task(person); task.isPresent(); task = task(person)) {
      try {
        if (!make(person)) {
          return;
        }
      } catch (RuntimeException e) {
        noteFailure(task.get(), person, e);
        throw e;
      }
      // Unless somebody woke it since it was read: then it may want something else.
      var ended =
          store
              .transaction()
              .deleteExisting(task.get().ref(), OpenTask.unchanged(task.get()))
              .commit();
      if (ended.written()) {
        return;
      }
    }
  }

  /** Whether an open task is somebody's to look into. */
  public boolean isStuck(String item) {
    var person = person(item);
    return task(person).filter(this::isLate).isPresent() && !isHeld.test(person);
  }

  private boolean isLate(Found<OpenTask> task) {
    return !now().isBefore(task.value().since().plus(PATIENCE));
  }

  private Optional<Found<OpenTask>> task(SubjectId person) {
    return OpenTask.of(store, What.ASSISTANT, person);
  }

  private static SubjectId person(String item) {
    if (!item.startsWith(ITEM)) {
      throw new IllegalArgumentException("not a task about an assistant");
    }
    return new SubjectId(item.substring(ITEM.length()));
  }

  /** Whether it is what it is to be; otherwise the task stays open. */
  private boolean make(SubjectId person) {
    while (true) {
      var found = read(person);
      if (found.isPresent()) {
        var turn = take(person, found.get());
        var standing = turn.isPresent() ? turn.get().work() : Standing.GO_ON;
        if (standing != Standing.GO_ON) {
          return standing == Standing.AS_IT_IS_TO_BE;
        }
      } else if (wanted(person) == Entitlement.RUNNING) {
        // Whoever comes second goes on with what the first wrote.
        store.insert(Assistant.ref(person), Assistant.begun(), Instant.MAX);
      } else {
        return true;
      }
    }
  }

  private Optional<Found<Assistant>> read(SubjectId person) {
    return store.getClear(Assistant.ref(person), Purpose.ASSISTANT);
  }

  /** By what Stripe last said; nothing where the person's key is destroyed. */
  private Entitlement wanted(SubjectId person) {
    return store
        .get(Subscription.KIND.in(person.value()), Purpose.BILLING)
        .map(found -> found.value().entitlement())
        .orElse(Entitlement.NONE);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private void noteFailure(Found<OpenTask> task, SubjectId person, RuntimeException failure) {
    try {
      if (isLate(task)) {
        read(person)
            .filter(found -> found.value().state() != State.FAILED)
            .ifPresent(
                found ->
                    store.change(
                        found.ref(), found.value().change().set("state", State.FAILED.name())));
      }
    } catch (UnavailableException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * A turn at an assistant: empty where it changed since it was read.
   *
   * @throws UnavailableException where it is somebody else's
   */
  private Optional<Turn> take(SubjectId person, Found<Assistant> found) {
    var now = now();
    if (found.value().busyUntil().filter(now::isBefore).isPresent()) {
      throw new UnavailableException("the assistant", new IllegalStateException("busy"));
    }
    var until = now.plus(TURN);
    return store.change(found.ref(), found.value().change().set("busyUntil", until))
        ? Optional.of(new Turn(person, until))
        : Optional.empty();
  }

  private enum Standing {
    AS_IT_IS_TO_BE,
    /** It stands still, for as long as the law has us keep it. */
    KEPT,
    /** To be looked at again. */
    GO_ON
  }

  /** For as long as it is ours. */
  private final class Turn {
    private final SubjectId person;
    private final Instant until;

    Turn(SubjectId person, Instant until) {
      this.person = person;
      this.until = until;
    }

    Standing work() {
      try {
        var standing = Standing.GO_ON;
        for (var mine = mine(); mine.isPresent() && standing == Standing.GO_ON; mine = mine()) {
          standing = step(mine.get());
        }
        return standing;
      } catch (RuntimeException e) {
        if (!(e.getCause() instanceof NoAnswerException)) {
          giveBack(e);
        }
        // Else what was asked may still be done, and nobody is to come before it.
        throw e;
      }
    }

    private Optional<Found<Assistant>> mine() {
      return read(person).filter(found -> found.value().busyUntil().equals(Optional.of(until)));
    }

    private Standing step(Found<Assistant> mine) {
      // Looked at after the turn was taken: an erasure looks at the turn after it has begun.
      if (isBeingErased.test(person)) {
        store.change(mine.ref(), mine.value().change().remove("busyUntil"));
        return Standing.AS_IT_IS_TO_BE;
      }
      var wanted = wanted(person);
      if (mine.value().endedAt().isPresent()) {
        return delete(mine);
      }
      if (wanted != Entitlement.NONE) {
        return run(mine, wanted == Entitlement.SUSPENDED, Standing.AS_IT_IS_TO_BE);
      }
      return isHeld.test(person) ? run(mine, true, Standing.KEPT) : end(mine);
    }

    /** From here on this one does not come back, whatever is wanted then. */
    private Standing end(Found<Assistant> mine) {
      store.change(
          mine.ref(),
          mine.value().change().set("state", State.DEPROVISIONING.name()).set("endedAt", now()));
      return Standing.GO_ON;
    }

    private Standing delete(Found<Assistant> mine) {
      if (!host.remove(mine.value().script())) {
        throw new UnavailableException("the assistant", new IllegalStateException("still there"));
      }
      // With the record goes the secret, and with that whatever a backup has of its storage.
      var deleted =
          store
              .transaction()
              .deleteExisting(mine.ref(), mine.value().unchanged())
              .commit()
              .written();
      if (deleted) {
        LOG.info("an assistant is deleted");
      }
      return Standing.GO_ON;
    }

    private Standing run(Found<Assistant> mine, boolean suspended, Standing then) {
      var opened = store.get(mine.ref(), Purpose.ASSISTANT);
      if (opened.isEmpty()) {
        // Its key is destroyed: nobody can make it anything.
        return Standing.KEPT;
      }
      var assistant = opened.get().value();
      var sealed = assistant.opened();
      var wish =
          new Deployment(
              assistant.script(),
              host.storage(assistant.script()),
              assistant.settings(),
              suspended,
              sealed.configuration().json(),
              sealed.token(),
              sealed.secret());
      if (!isThere(wish)) {
        host.deploy(wish, program);
        if (!isThere(wish)) {
          throw new UnavailableException("the assistant", new IllegalStateException("not there"));
        }
      }
      var state = suspended ? State.SUSPENDED : State.RUNNING;
      var written =
          store.change(
              mine.ref(), assistant.change().set("state", state.name()).remove("busyUntil"));
      // Refused where its settings were changed meanwhile: those are carried there too.
      return written ? then : Standing.GO_ON;
    }

    private boolean isThere(Deployment wish) {
      return host.find(wish.script()).filter(found -> wish.is(found, program)).isPresent();
    }

    private void giveBack(RuntimeException failure) {
      try {
        mine()
            .ifPresent(mine -> store.change(mine.ref(), mine.value().change().remove("busyUntil")));
      } catch (UnavailableException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
