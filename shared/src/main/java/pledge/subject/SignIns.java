package pledge.subject;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Store;
import pledge.store.Throttle;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import pledge.vault.Vault;

/**
 * Signing in with a password. Guessing is slowed per account and source by delays that double, and
 * per account and provider by a bucket that a browser which signed in before does not draw from: a
 * stranger can slow down a person's new browsers in one provider's network, and cannot lock the
 * person out.
 */
public final class SignIns {
  /** How long a browser is known after its last sign-in. */
  public static final Duration BROWSER_LIFETIME = KnownBrowsers.LIFETIME;

  /**
   * Attempts on one account from all browsers that never signed in to it, in one provider's
   * network: a stranger elsewhere must not be able to use them up.
   */
  private static final Throttle.Limit UNKNOWN_BROWSERS =
      new Throttle.Limit("sign-in-account", 60, Duration.ofHours(1));

  private static final Logger LOG = LoggerFactory.getLogger(SignIns.class);

  private final Store store;
  private final Vault vault;
  private final Throttle throttle;
  private final PasswordHashing hashing;
  private final Sessions sessions;
  private final KnownBrowsers browsers;

  public SignIns(Backend backend, PasswordHashing hashing, Sessions sessions, InstantSource clock) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.throttle = backend.throttle();
    this.hashing = hashing;
    this.sessions = sessions;
    this.browsers = new KnownBrowsers(vault, clock);
  }

  /**
   * What somebody typed, and where.
   *
   * @param source the network the attempt comes from, as it is throttled
   * @param provider the provider's network that it comes from
   * @param browser the mark of a browser that signed in before, if it brought one
   */
  public record Attempt(
      EmailAddress email,
      Password password,
      String source,
      String provider,
      Optional<String> browser,
      Session.Origin origin) {
    @Override
    public String toString() {
      return "Attempt[redacted]";
    }
  }

  /** What became of an attempt. */
  public sealed interface Outcome {
    /** The session's token, and the mark by which the browser is known from now on. */
    record SignedIn(Token token, String browser) implements Outcome {}

    /** No such account, or another password: the answer does not say which. */
    record WrongCredentials() implements Outcome {}

    /** Too many attempts; this one was not looked at. */
    record TooSoon(Duration retryAfter) implements Outcome {}
  }

  /** The mark that an attempt brought, where it was made for that account and is not too old. */
  public Optional<String> knownBrowser(Attempt attempt) {
    return knownBrowser(attempt, SignUps.emailIndex(vault, attempt.email()));
  }

  private Optional<String> knownBrowser(Attempt attempt, String account) {
    return attempt.browser().filter(mark -> browsers.isKnown(mark, account));
  }

  /**
   * Tries to sign in. It does the same work, in the same order, whether or not there is such an
   * account.
   */
  public Outcome attempt(Attempt attempt) {
    var account = SignUps.emailIndex(vault, attempt.email());
    var known = knownBrowser(attempt, account);
    var attempts = vault.blindIndex("attempts", account + " " + known.orElse(attempt.source()));
    var attempted = throttle.attempt(attempts);
    if (attempted.delay().isPositive()) {
      return new Outcome.TooSoon(attempted.delay());
    }
    if (known.isEmpty()
        && throttle.take(guesses(account, attempt.provider()), UNKNOWN_BROWSERS, 1)
            instanceof Throttle.Taken.Denied denied) {
      return new Outcome.TooSoon(denied.retryAfter());
    }
    var subject = store.find(account);
    // Nobody has an empty partition, read like everybody's.
    var credential =
        store.get(
            Credential.KIND.in(subject.map(SubjectId::value).orElse(account)),
            Purpose.AUTHENTICATION);
    if (credential.isEmpty()) {
      vault.pretendToOpen(account);
    }
    var hash =
        credential.map(found -> found.value().passwordHash()).orElseGet(hashing::hashOfNobody);
    if (!hashing.verify(hash, attempt.password()) || subject.isEmpty() || credential.isEmpty()) {
      LOG.info("sign-in refused for {}", subject.map(SubjectId::value).orElse("nobody"));
      return new Outcome.WrongCredentials();
    }
    // A first attempt delays nothing, and to forget it is not worth a write; what was tried since
    // stays until the next success.
    if (!attempted.first()) {
      throttle.forget(attempts);
    }
    if (hashing.isOutdated(hash)) {
      rehash(credential.get(), attempt.password());
    }
    var token = sessions.open(subject.get(), attempt.origin(), credential.get().value().leaving());
    LOG.info("{} signed in", subject.get());
    return new Outcome.SignedIn(token, browsers.mark(account));
  }

  /** A hash that leads to nobody: the account's own is how the account is found. */
  String guesses(String account, String provider) {
    return vault.blindIndex("guesses", account + " " + provider);
  }

  /** The parameters were raised since: the password is here, so its hash can follow. */
  private void rehash(Found<Credential> found, Password password) {
    var stronger =
        new Credential(hashing.hash(password), found.value().changedAt(), found.value().leaving());
    // Not over a request to be erased that was made meanwhile: the next sign-in does it.
    store.transaction().replaceWhere(found, stronger, Leaving.FIELD).commit();
  }
}
