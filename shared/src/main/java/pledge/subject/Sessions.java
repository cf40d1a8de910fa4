package pledge.subject;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.store.Change;
import pledge.store.Found;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.KeyDestroyedException;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import pledge.vault.Vault;

/**
 * Where people are signed in. A session ends 14 days after its last use, 90 days after its first,
 * and the moment it is deleted: each check reads it, strongly consistent, and opens nothing.
 */
public final class Sessions {
  /** Without use, this long. */
  public static final Duration IDLE = Duration.ofDays(14);

  /** With use, at most this long. */
  public static final Duration ABSOLUTE = Duration.ofDays(90);

  /** How long what nobody has may stand, where a rehearsal dies before it ends it. */
  static final Duration REHEARSAL = Duration.ofMinutes(1);

  /** How far behind the last use may be written: one write an hour instead of one a request. */
  private static final Duration GRAIN = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final int ID_BYTES = 16;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

  private final Store store;
  private final InstantSource clock;

  public Sessions(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Somebody who is signed in.
   *
   * @param leaving their request to be erased, while one is open: the session begins nothing new
   */
  public record SignedIn(
      SubjectId subject,
      String session,
      Instant signedInAt,
      Instant seenAt,
      Instant endsAt,
      Optional<String> leaving) {}

  /** Opens a session of somebody who stays; its token is for the browser alone. */
  public Token open(SubjectId subject, Session.Origin origin) {
    return open(subject, origin, Optional.empty());
  }

  /**
   * Opens a session.
   *
   * @param leaving the person's request to be erased, if one is open
   */
  public Token open(SubjectId subject, Session.Origin origin, Optional<String> leaving) {
    return open(subject, origin, leaving, IDLE);
  }

  private Token open(
      SubjectId subject, Session.Origin origin, Optional<String> leaving, Duration lifetime) {
    var token = Token.random(subject);
    var hash = token.hash();
    var now = clock.instant();
    var session = new Session(hash, now, now, leaving, Optional.of(origin));
    if (!store.insert(ref(subject, hash), session, now.plus(lifetime)).written()) {
      throw new IllegalStateException("a new session's id is taken");
    }
    return token;
  }

  /** Who holds that token, if its session has not ended. */
  public Optional<SignedIn> check(Token token) {
    var hash = token.hash();
    return store
        .getClear(ref(token.subject(), hash), Purpose.AUTHENTICATION)
        .filter(found -> MessageDigest.isEqual(found.value().tokenHash(), hash))
        .map(found -> used(token.subject(), found));
  }

  /** All sessions of a person, newest first, opened for their owner to read. */
  public List<Found<Session>> all(SubjectId subject) {
    return store.all(Session.KIND, subject.value(), Purpose.AUTHENTICATION).stream()
        .sorted(
            Comparator.comparing((Found<Session> found) -> found.value().signedInAt()).reversed())
        .toList();
  }

  /** Ends a session of that person's; false where there is none of that id. */
  public boolean end(SubjectId subject, String session) {
    if (!ID.matcher(session).matches()) {
      return false;
    }
    var ref = Session.KIND.in(subject.value(), session);
    return store.transaction().deleteExisting(ref).commit().written();
  }

  /**
   * Makes every session of a person good for a request to be erased and nothing else: again, if one
   * was opened meanwhile.
   *
   * @return how many there are
   */
  public int lock(SubjectId subject, String request) {
    var locked = 0;
    for (var found : clear(subject)) {
      var change = Change.of(Category.SESSION).set("leaving", request);
      if (found.value().leaving().filter(request::equals).isPresent()
          || store.change(found.ref(), change)) {
        locked++;
      }
    }
    return locked;
  }

  /** Takes {@link #lock} back. */
  public void unlock(SubjectId subject, String request) {
    for (var found : clear(subject)) {
      store.change(
          found.ref(), Change.of(Category.SESSION).where("leaving", request).remove("leaving"));
    }
  }

  private List<Found<Session>> clear(SubjectId subject) {
    return store.allClear(Session.KIND, subject.value(), "", Purpose.AUTHENTICATION);
  }

  /**
   * Writes down for its owner that a session ended by itself: once, however often it is said. For
   * whose keys are destroyed nothing is written.
   */
  public void ended(SubjectId subject, String session, Instant at) {
    var event = new SecurityEvent(SecurityEvent.What.SESSION_EXPIRED, at);
    try {
      store.insert(
          SecurityEvent.KIND.in(subject.value(), event.what() + "#" + session), event, Instant.MAX);
    } catch (KeyDestroyedException e) {
      LOG.info("session of {} expired after its keys were destroyed", subject);
    }
  }

  /** Opens a session of nobody's, for a minute at most, which a rehearsal checks and ends. */
  public Token rehearse(Vault vault, SubjectId nobody) {
    vault.pretendToHold(nobody);
    return open(nobody, new Session.Origin("192.0.2.1", ""), Optional.empty(), REHEARSAL);
  }

  private SignedIn used(SubjectId subject, Found<Session> found) {
    var session = found.value();
    var now = clock.instant();
    var endsAt = found.expiresAt();
    if (!now.isBefore(session.seenAt().plus(GRAIN))) {
      var idle = now.plus(IDLE);
      var absolute = session.signedInAt().plus(ABSOLUTE);
      var later = idle.isBefore(absolute) ? idle : absolute;
      // Two requests at once: one of them writes, and both are right.
      if (store.change(
          found.ref(),
          Change.of(Category.SESSION)
              .where("seenAt", session.seenAt())
              .set("seenAt", now)
              .expireAt(later))) {
        endsAt = Instant.ofEpochSecond(later.getEpochSecond());
      }
    }
    return new SignedIn(
        subject, found.ref().id(), session.signedInAt(), now, endsAt, session.leaving());
  }

  /** A session's id is public to its owner and says nothing of its token: half of its hash. */
  private static Ref<Session> ref(SubjectId subject, byte[] hash) {
    return Session.KIND.in(subject.value(), Secrets.text(Arrays.copyOf(hash, ID_BYTES)));
  }
}
