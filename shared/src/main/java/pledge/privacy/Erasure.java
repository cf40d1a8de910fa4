package pledge.privacy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Purpose;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.PrivacyRequest.Step;
import pledge.store.Backend;
import pledge.store.Change;
import pledge.store.Deletion;
import pledge.store.Found;
import pledge.store.Store;
import pledge.store.Tally;
import pledge.subject.Notice;
import pledge.subject.Notices;
import pledge.subject.Sessions;
import pledge.vault.KeyDestroyedException;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import pledge.vault.Vault;

/**
 * Carries an erasure through: takes an open request as far as it can go now. Each stage can be done
 * twice, and is written down under the condition that nobody else did, before the next begins; so
 * it may die anywhere, and run many times at once.
 */
public final class Erasure {
  private static final Logger LOG = LoggerFactory.getLogger(Erasure.class);

  /** What is done, in this order. */
  public enum Stage {
    /** Sessions begin nothing new, and neither does any sign-in from now on. */
    LOCK,
    /** The person can take it back. */
    WAIT,
    /** By which numbers processors know the person, before the records that say so are deleted. */
    READ_NUMBERS,
    /** The last message: where the receipt will be. */
    TELL,
    DELETE,
    /** Each processor answered for good. */
    CONFIRM,
    DESTROY_KEY,
    /** No backup reaches back to what was deleted, or to the key. */
    OUTLIVE_BACKUPS,
    /** Nothing is left. */
    SEARCH,
    RECEIPT;

    boolean isAfter(Stage other) {
      return compareTo(other) > 0;
    }

    Stage next() {
      var all = List.of(values());
      return all.get(all.indexOf(this) + 1);
    }
  }

  /** How long the last message is waited for: an address may be dead. */
  private static final Duration PATIENCE = Duration.ofDays(3);

  /** The same, where it would not be done in time else. */
  private static final Duration LEAST_PATIENCE = Duration.ofHours(6);

  /** A backup is as old as its table says, to the second; instances have keys in memory longer. */
  private static final Duration MARGIN = Duration.ofHours(1);

  /** What of a step is about holds: what the law keeps, and until when. */
  static final String HELD = "held";

  /** From its beginning to its end, where nobody is waited for; most stages go on hour by hour. */
  private static final Duration SHORTEST =
      PersonalRecords.BACKUPS.plus(MARGIN).plus(Duration.ofDays(1));

  private final Store store;
  private final Vault vault;
  private final Sessions sessions;
  private final Notices notices;
  private final PersonalRecords records;
  private final LegalHolds holds;
  private final Receipts receipts;
  private final Custodians custodians;
  private final InstantSource clock;

  public Erasure(Backend backend, Receipts receipts, Custodians custodians, InstantSource clock) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.sessions = new Sessions(store, clock);
    this.notices = new Notices(backend, clock);
    this.records = new PersonalRecords(store, clock);
    this.holds = new LegalHolds(backend, clock);
    this.receipts = receipts;
    this.custodians = custodians;
    this.clock = clock;
  }

  /**
   * Where an erasure stands.
   *
   * @param stuck processors that refused, or failed for days: somebody has to see to them
   */
  public record Standing(Stage stage, Set<Processor> stuck) {}

  /**
   * Until when an erasure can be taken back that is asked for now, so that it is done when it is
   * due: for 14 days, or for what is left of them, or not at all.
   */
  public static Instant startsAt(Instant now, Instant dueBy) {
    var promised = now.plus(AtErasure.CHANGE_OF_MIND);
    var latest = dueBy.minus(SHORTEST).minus(PATIENCE);
    var start = latest.isBefore(promised) ? latest : promised;
    return start.isBefore(now) ? now : start;
  }

  /** Whether an erasure that begins now can be done when it is due. */
  public static boolean canBeDone(Instant now, Instant dueBy) {
    return !now.plus(SHORTEST).isAfter(dueBy);
  }

  /** The id of the message that says where the receipt will be. */
  static String lastMessage(String request) {
    return "ERASURE#" + request;
  }

  /**
   * Goes on with an open erasure.
   *
   * @param sort of its row in the list of open requests, as a stream told of it
   * @param mayGoOn asked before each page that is deleted
   * @return where it stands; empty where it is over
   * @throws UnavailableException where the database or KMS did not answer: to be tried again
   */
  public Optional<Standing> advance(String sort, BooleanSupplier mayGoOn) {
    while (true) {
      var open = OpenRequest.at(store, What.ERASURE, sort);
      if (open.isEmpty()) {
        return Optional.empty();
      }
      var found =
          store.getClear(
              PrivacyRequest.KIND.in(
                  open.get().value().subject().value(), OpenRequest.id(open.get())),
              Purpose.RIGHTS);
      if (found.isEmpty()) {
        askAgain(open.get());
        continue;
      }
      var request = found.get().value();
      if (request.status() == Status.CANCELLED) {
        store.delete(open.get().ref());
        return Optional.empty();
      }
      var stage = Stage.valueOf(request.stage());
      var answered = open.get().value().answered();
      if (stage.isAfter(Stage.READ_NUMBERS)
          && !answered.isEmpty()
          && !answered.equals(request.processors())) {
        // A copy of the table from before was put back: nobody is asked for that again.
        store.change(found.get().ref(), request.answered(answered));
        continue;
      }
      var run = new Run(open.get(), found.get(), stage, mayGoOn);
      if (!run.goOn()) {
        return Optional.of(new Standing(stage, run.stuck()));
      }
    }
  }

  /**
   * A request and its place in the list begin and end together, so the request is missing where a
   * copy of the table from before was put back: it is gone through from its beginning.
   */
  private void askAgain(Found<OpenRequest> read) {
    OpenRequest.at(store, What.ERASURE, read.ref().sort())
        .ifPresent(
            open -> {
              LOG.error("an erasure lacks its request, and begins anew");
              var dueBy = open.value().dueBy();
              var startsAt =
                  open.value().startsAt().orElseGet(() -> startsAt(open.createdAt(), dueBy));
              var request = PrivacyRequest.erasure(open.createdAt(), startsAt, dueBy);
              var ref =
                  PrivacyRequest.KIND.in(open.value().subject().value(), OpenRequest.id(open));
              store.insert(ref, request, Instant.MAX);
            });
  }

  /** One stage of one request. */
  private final class Run {
    private final Found<OpenRequest> open;
    private final Found<PrivacyRequest> found;
    private final PrivacyRequest request;
    private final SubjectId subject;
    private final String id;
    private final Stage stage;
    private final BooleanSupplier mayGoOn;
    private final Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    private Optional<Tally.Mark> mark;

    Run(
        Found<OpenRequest> open,
        Found<PrivacyRequest> found,
        Stage stage,
        BooleanSupplier mayGoOn) {
      this.open = open;
      this.found = found;
      this.request = found.value();
      this.subject = open.value().subject();
      this.id = OpenRequest.id(open);
      this.stage = stage;
      this.mayGoOn = mayGoOn;
      this.mark = request.deleting();
    }

    /** Whether the next stage can begin at once. */
    boolean goOn() {
      return switch (stage) {
        case LOCK -> done(Map.of(Category.SESSION.name(), (long) lock()));
        case WAIT -> {
          // A sign-in may have been under way when the account was locked.
          lock();
          yield !now.isBefore(request.startsAt()) && begin();
        }
        case READ_NUMBERS -> readNumbers();
        case TELL -> {
          ask();
          yield tell();
        }
        case DELETE -> {
          ask();
          yield delete();
        }
        case CONFIRM -> {
          ask();
          yield confirm();
        }
        case DESTROY_KEY -> {
          vault.destroySubjectKey(subject);
          yield done(Map.of(Category.SUBJECT_KEY.name(), 1L));
        }
        case OUTLIVE_BACKUPS ->
            !now.isBefore(doneAt(Stage.DESTROY_KEY).plus(PersonalRecords.BACKUPS).plus(MARGIN))
                && done(Map.of());
        case SEARCH -> search();
        case RECEIPT -> {
          receipts.end(id, open, found, now);
          // Its id opens the receipt, and stands in no log.
          LOG.info("an erasure is completed");
          yield true;
        }
      };
    }

    /** Processors that somebody has to see to. */
    Set<Processor> stuck() {
      return ProcessorLine.stuck(request.processors(), now);
    }

    /** What is left for now. */
    private Pause pause() {
      return Pause.of(store, notices, subject, clock.instant());
    }

    private int lock() {
      var locked = sessions.lock(subject, id);
      if (read().map(PrivacyRequest::status).filter(Status.CANCELLED::equals).isPresent()) {
        // It was taken back meanwhile, and nobody comes again.
        sessions.unlock(subject, id);
      }
      return locked;
    }

    private Optional<PrivacyRequest> read() {
      return store.getClear(found.ref(), Purpose.RIGHTS).map(Found::value);
    }

    /** From here on it cannot be taken back. */
    private boolean begin() {
      return store.change(
          found.ref(),
          change(Map.of())
              .where("status", Status.PENDING.name())
              .set("status", Status.IN_PROGRESS.name()));
    }

    /** Not before each processor has said: then the records that say it are deleted. */
    private boolean readNumbers() {
      var failed = request.processors();
      if (!failed.isEmpty() && failed.values().stream().noneMatch(line -> line.isDue(now))) {
        return false;
      }
      var told = custodians.numbers(subject, failed, now);
      if (!told.failed().isEmpty()) {
        store.change(found.ref(), request.answered(told.failed()));
        return false;
      }
      var numbers = records.numbers(subject, told.known(), _ -> true);
      var counts = new TreeMap<String, Object>();
      numbers.forEach((processor, all) -> counts.put(processor.name(), (long) all.size()));
      var next =
          request.withElsewhere(
              numbers, stage.next().name(), request.doneWith(new Step(stage.name(), now, counts)));
      try {
        // Written whole, because the numbers are sealed.
        return store.transaction().replaceWhere(found, next, "stage").commit().written();
      } catch (KeyDestroyedException e) {
        // All of it was done before, and a copy from before that was put back: nothing opens.
        return done(Map.of());
      }
    }

    private boolean tell() {
      // Once the session is deleted, the mailed id is the only way to see how the erasure stands.
      store.insert(Receipt.expected(id), subject, Instant.MAX);
      try {
        var words = new ErasureNotice(id, pause().told()).values();
        notices.queue(subject, lastMessage(id), Notice.About.ERASURE_BEGINS, words);
      } catch (KeyDestroyedException e) {
        // As above: who it was to be sent to cannot be read any more.
        return done(Map.of("sent", false));
      }
      var sent = notices.sentAt(subject, lastMessage(id));
      if (sent.isPresent()) {
        return done(Map.of("sent", true));
      }
      return !now.isBefore(patienceEndsAt()) && done(Map.of("sent", false));
    }

    private Instant patienceEndsAt() {
      var since = doneAt(Stage.READ_NUMBERS);
      var latest = request.dueBy().minus(SHORTEST);
      var least = since.plus(LEAST_PATIENCE);
      if (latest.isBefore(least)) {
        return least;
      }
      var most = since.plus(PATIENCE);
      return latest.isBefore(most) ? latest : most;
    }

    private boolean delete() {
      // Before the address goes that it is told to.
      holds.noteEnds(subject);
      var pause = new AtomicReference<>(pause());
      var deleted =
          records.delete(
              subject,
              sort -> isOfRequest(sort) || pause.get().isUnsent(sort),
              category -> pause.get().keeps(category),
              () -> {
                var goesOn = mayGoOn.getAsBoolean();
                // What somebody confirms meanwhile holds what is still there.
                pause.set(pause());
                return goesOn;
              },
              new Tally(mark, this::note));
      if (!deleted.finished()) {
        staying(deleted.records());
        return false;
      }
      if (deleted.held().isEmpty()) {
        OpenRequest.resume(store, open, now);
        return done(deleted.records());
      }
      waiting(deleted, pause.get());
      return false;
    }

    /**
     * Writes down what is held, in one step for as long as it is the same, and stops the time of a
     * request that waits for nothing else. Of a hold that the law forbids to tell of, no word.
     */
    private void waiting(Deletion.Deleted deleted, Pause pause) {
      standStill(pause.isByLaw(deleted.held()) && isConfirmed(lines()));
      var step = new TreeMap<String, Object>(deleted.records());
      var told = pause.told(deleted.held());
      if (!told.isEmpty()) {
        step.put(HELD, told);
      }
      var last = request.done().getLast();
      if (!last.stage().equals(stage.name()) || !last.saysTheSame(HELD, step)) {
        staying(step);
      } else if (!deleted.records().isEmpty()) {
        var steps = new ArrayList<>(request.done());
        steps.set(steps.size() - 1, last.and(deleted.records()));
        store.change(found.ref(), steps(steps).set("stage", stage.name()));
      }
    }

    /** Stops the time of the request, or lets it run on. */
    private void standStill(boolean still) {
      if (still) {
        OpenRequest.pause(store, open, now);
      } else {
        OpenRequest.resume(store, open, now);
      }
    }

    /** Whether every processor answered for good, but for those that wait for a hold. */
    private static boolean isConfirmed(Map<Processor, ProcessorLine> lines) {
      return lines.values().stream().allMatch(line -> line.isFinal() || line.isStopped());
    }

    private boolean search() {
      // A copy of the keys may have been put back.
      vault.destroySubjectKey(subject);
      var left = deleteAll();
      if (left.finished() && left.records().isEmpty()) {
        return done(Map.of());
      }
      // Written by somebody who had the key in memory still. To be looked for once more.
      LOG.warn("an erasure found {} again", left.records());
      staying(left.records());
      return false;
    }

    /** Writes down what is to be deleted next, unless another run goes on by now. */
    private boolean note(Tally.Mark next) {
      var noted = store.change(found.ref(), unchanged().set("deleting", next.text()));
      if (noted) {
        mark = Optional.of(next);
      }
      return noted;
    }

    /** Writes down what was done of a stage that is not over. */
    private void staying(Map<String, ?> counts) {
      if (!counts.isEmpty()) {
        store.change(found.ref(), steps(counts).set("stage", stage.name()));
      }
    }

    private Deletion.Deleted deleteAll() {
      return records.delete(
          subject, this::isOfRequest, _ -> false, mayGoOn, new Tally(mark, this::note));
    }

    /** The request itself is needed to the end; its place says nothing of anybody. */
    private boolean isOfRequest(String sort) {
      return sort.equals(found.ref().sort());
    }

    private boolean confirm() {
      var lines = lines();
      if (lines.values().stream().allMatch(ProcessorLine::isFinal)) {
        noteLater(lines);
        OpenRequest.noteAnswers(store, open, lines);
        OpenRequest.resume(store, open, now);
        return done(Map.of());
      }
      standStill(isConfirmed(lines));
      return false;
    }

    /** What a processor deletes later is in the list of remote copies before the numbers go. */
    private void noteLater(Map<Processor, ProcessorLine> lines) {
      lines.forEach(
          (processor, line) -> {
            if (line.isForLater()) {
              custodians
                  .forLater(processor, numbers().getOrDefault(processor, List.of()))
                  .forEach(number -> RemoteCopy.note(store, processor, number, line, now));
            }
          });
    }

    private Map<Processor, List<String>> numbers() {
      return store
          .get(found.ref(), Purpose.RIGHTS)
          .flatMap(opened -> opened.value().elsewhere())
          .orElse(Map.of());
    }

    /** What the last of them answered is written by now. */
    private Map<Processor, ProcessorLine> lines() {
      return read().map(PrivacyRequest::processors).orElse(request.processors());
    }

    /** Asks each processor whose turn it is; none holds up another. */
    private void ask() {
      var lines = new TreeMap<>(request.processors());
      lines.replaceAll((processor, line) -> line.isDue(now) ? asked(processor, line) : line);
      if (!lines.equals(request.processors())) {
        store.change(found.ref(), request.answered(lines));
      }
    }

    /**
     * What one says. Where a hold keeps what it has, as may be confirmed while another is asked,
     * that goes on no more, and stays.
     */
    private ProcessorLine asked(Processor processor, ProcessorLine line) {
      var isHeld =
          HeldData.of(store, subject, clock.instant()).stream()
              .anyMatch(held -> held.keepsAt(processor));
      if (isHeld && line.isStopped()) {
        return line;
      }
      var known = numbers().getOrDefault(processor, List.of());
      return isHeld
          ? custodians.stop(processor, line, known, now)
          : custodians.ask(processor, line, known, now);
    }

    private boolean done(Map<String, ?> counts) {
      return store.change(found.ref(), change(counts));
    }

    private Change change(Map<String, ?> counts) {
      return steps(counts).set("stage", stage.next().name());
    }

    private Change steps(Map<String, ?> counts) {
      return steps(request.doneWith(new Step(stage.name(), now, new TreeMap<>(counts))));
    }

    private Change steps(List<Step> steps) {
      return unchanged().remove("deleting").set("done", PrivacyRequest.text(steps));
    }

    /** A change where nobody else went on since. */
    private Change unchanged() {
      var change =
          Change.of(Category.PRIVACY_REQUEST)
              .where("stage", stage.name())
              .where("done", PrivacyRequest.text(request.done()));
      return mark.map(last -> change.where("deleting", last.text()))
          .orElseGet(() -> change.whereAbsent("deleting"));
    }

    private Instant doneAt(Stage earlier) {
      return request.done().stream()
          .filter(step -> step.stage().equals(earlier.name()))
          .map(Step::at)
          .findFirst()
          .orElseThrow();
    }
  }
}
