package pledge.privacy;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Optional;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.RetentionPeriod;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest.Status;
import pledge.store.Backend;
import pledge.store.Change;
import pledge.store.Found;
import pledge.store.Store;
import pledge.store.Transaction;
import pledge.subject.Copying;
import pledge.subject.Leaving;
import pledge.subject.Notice;
import pledge.subject.Sessions;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/** What people ask us about their data: asked, seen, taken back. */
public final class PrivacyRequests {
  private static final int ID_BYTES = 16;
  private static final int MOST_ATTEMPTS = 4;

  private final Store store;
  private final Sessions sessions;
  private final InstantSource clock;

  public PrivacyRequests(Backend backend, InstantSource clock) {
    this.store = backend.store();
    this.sessions = new Sessions(store, clock);
    this.clock = clock;
  }

  /** What became of the wish to take an erasure back. */
  public enum TakingBack {
    TAKEN_BACK,
    /** Data is being deleted, or the request is over. */
    TOO_LATE,
    UNKNOWN
  }

  /**
   * Asks for an erasure; where one is open, that one stands.
   *
   * @return its id, which is also the receipt's
   */
  public String erase(SubjectId person) {
    // As it is kept: the request names its place in the list by when it is due.
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var id = Secrets.text(Secrets.random(ID_BYTES));
    var request = PrivacyRequest.erasure(now, RetentionPeriod.UNTIL_ERASURE.endsAt(now));
    var transaction = store.transaction();
    begin(
        transaction,
        person,
        id,
        request,
        Notice.queued(Notice.About.ERASURE_ASKED, request.startsAt().toString(), now));
    return transaction.commit().written() ? id : openId(person, What.ERASURE);
  }

  /** Adds what opens an erasure, and tells the person; refused where one is open. */
  static void begin(
      Transaction transaction, SubjectId person, String id, PrivacyRequest request, Notice notice) {
    var open = OpenRequest.erasure(person, request.startsAt(), request.dueBy(), notice.queuedAt());
    transaction
        .change(Leaving.ref(person), Leaving.begin(id))
        .insert(PrivacyRequest.KIND.in(person.value(), id), request)
        .insert(open.ref(id), open)
        .insert(Notice.KIND.in(person.value(), "ASKED#" + id), notice);
  }

  /**
   * Adds what has an open erasure begin and be done earlier; refused where it began, was taken
   * back, or was hastened meanwhile.
   */
  static void hasten(
      Transaction transaction,
      SubjectId person,
      Found<PrivacyRequest> open,
      Instant startsAt,
      Instant dueBy,
      Instant now) {
    var before = open.value();
    var id = open.ref().id();
    transaction.change(
        open.ref(),
        Change.of(Category.PRIVACY_REQUEST)
            .where("status", Status.PENDING.name())
            .where("startsAt", before.startsAt())
            .where("dueBy", before.dueBy())
            .set("startsAt", startsAt)
            .set("dueBy", dueBy));
    var row = OpenRequest.erasure(person, startsAt, dueBy, now).ref(id);
    if (dueBy.equals(before.dueBy())) {
      transaction.change(row, OpenRequest.woken(now).set("startsAt", startsAt));
    } else {
      transaction
          .deleteExisting(
              OpenRequest.erasure(person, before.startsAt(), before.dueBy(), now).ref(id))
          .insert(row, OpenRequest.erasure(person, startsAt, dueBy, now));
    }
  }

  /**
   * Asks for a copy; where one is being made, that one stands.
   *
   * @return the request's id
   */
  public String export(SubjectId person) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var id = Secrets.text(Secrets.random(ID_BYTES));
    var transaction = store.transaction();
    var request = PrivacyRequest.export(now, RetentionPeriod.UNTIL_ERASURE.endsAt(now));
    beginExport(transaction, person, id, request, now);
    return transaction.commit().written() ? id : openId(person, What.EXPORT);
  }

  /** Adds what opens an export; refused where one is open. */
  static void beginExport(
      Transaction transaction, SubjectId person, String id, PrivacyRequest request, Instant now) {
    var open = OpenRequest.export(person, request.dueBy(), now);
    transaction
        .change(Copying.ref(person), Copying.begin(id))
        .insert(PrivacyRequest.KIND.in(person.value(), id), request)
        .insert(open.ref(id), open);
  }

  /** The erasure of a person that is not over. */
  Optional<Found<PrivacyRequest>> openErasure(SubjectId person) {
    return open(person, What.ERASURE);
  }

  /** What a person asked for of that sort, and is not over. */
  Optional<Found<PrivacyRequest>> open(SubjectId person, What what) {
    return all(person).stream()
        .filter(found -> found.value().what() == what)
        .filter(found -> found.value().isOpen())
        .findFirst();
  }

  private String openId(SubjectId person, What what) {
    return open(person, what)
        .map(found -> found.ref().id())
        // It came to its end at this very moment.
        .orElseThrow(
            () ->
                new UnavailableException(
                    "the request", new IllegalStateException("neither asked nor open")));
  }

  /** The copy that came of the request with that id; empty as below. */
  public Optional<Found<ExportFile>> copy(SubjectId person, String id) {
    return find(person, id).flatMap(found -> copy(person, found));
  }

  /**
   * The copy that came of a request, for as long as it is kept; an erasure deletes it, and nobody
   * gets it from the moment on that it begins.
   */
  public Optional<Found<ExportFile>> copy(SubjectId person, Found<PrivacyRequest> request) {
    return Exports.file(request.value())
        .filter(_ -> !isTooLate(person))
        .flatMap(file -> store.get(ExportFile.KIND.in(person.value(), file), Purpose.RIGHTS))
        .filter(file -> file.value().ready().isPresent());
  }

  /** All that a person asked for and that is kept, the newest first. */
  public List<Found<PrivacyRequest>> all(SubjectId person) {
    return store.allClear(PrivacyRequest.KIND, person.value(), "", Purpose.RIGHTS).stream()
        .sorted(
            Comparator.comparing((Found<PrivacyRequest> found) -> found.value().requestedAt())
                .reversed())
        .toList();
  }

  /** What legal holds keep of a person now, but for those that the law forbids to tell of. */
  public List<HeldData> heldByLaw(SubjectId person) {
    return HeldData.of(store, person, clock.instant()).stream()
        .filter(held -> !held.undisclosed())
        .toList();
  }

  /** What a person asked for under that id. */
  public Optional<Found<PrivacyRequest>> find(SubjectId person, String id) {
    return store.getClear(PrivacyRequest.KIND.in(person.value(), id), Purpose.RIGHTS);
  }

  /** Whether what there is of a person is to be deleted now: it is too late to see or copy it. */
  public boolean isTooLate(SubjectId person) {
    return PrivacyRequest.erasureIsDue(store, person, clock.instant());
  }

  /** Takes an erasure back, while nothing is deleted. */
  public TakingBack takeBack(SubjectId person, String id) {
    for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      var found = find(person, id).filter(asked -> asked.value().what() == What.ERASURE);
      if (found.isEmpty()) {
        return TakingBack.UNKNOWN;
      }
      var request = found.get().value();
      if (request.status() == Status.CANCELLED) {
        // Whoever took it back may have died before this.
        sessions.unlock(person, id);
        return TakingBack.TAKEN_BACK;
      }
      var now = clock.instant();
      if (request.status() != Status.PENDING || !now.isBefore(request.startsAt())) {
        return TakingBack.TOO_LATE;
      }
      if (takeBack(person, found.get(), now)) {
        // Should it die here, it is asked again, or a new sign-in is good for everything.
        sessions.unlock(person, id);
        return TakingBack.TAKEN_BACK;
      }
      // Taken back by another at the same moment, begun, or to begin earlier by now.
    }
    throw new UnavailableException(
        "the request", new ConcurrentModificationException("others came first"));
  }

  private boolean takeBack(SubjectId person, Found<PrivacyRequest> found, Instant now) {
    var request = found.value();
    var id = found.ref().id();
    return store
        .transaction()
        .change(
            found.ref(),
            Change.of(Category.PRIVACY_REQUEST)
                .where("status", Status.PENDING.name())
                // It may begin earlier by now: not for 14 days, where it is a minor's.
                .where("startsAt", request.startsAt())
                .set("status", Status.CANCELLED.name()))
        .change(Leaving.ref(person), Leaving.end(id))
        .deleteExisting(
            OpenRequest.erasure(person, request.startsAt(), request.dueBy(), now).ref(id))
        .commit()
        .written();
  }
}
