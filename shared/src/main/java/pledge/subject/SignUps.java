package pledge.subject;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.policy.Purpose;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Store;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.Token;
import pledge.vault.Vault;

/** From a form to an account: a sign-up, a mail, a confirmation. */
public final class SignUps {
  /** How long a sign-up waits for its confirmation; then all of it is gone. */
  public static final Duration PATIENCE = Duration.ofHours(24);

  private static final Logger LOG = LoggerFactory.getLogger(SignUps.class);

  private final Store store;
  private final Vault vault;
  private final PasswordHashing hashing;
  private final InstantSource clock;

  public SignUps(Backend backend, PasswordHashing hashing, InstantSource clock) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.hashing = hashing;
    this.clock = clock;
  }

  /** Begins to make ready what the first sign-up needs; to be called before anything else. */
  public static void prepare() {
    CommonPasswords.prepare();
  }

  /**
   * What a person filled in, each value valid by itself.
   *
   * @param policies as they stand today
   */
  public record Form(
      String name, EmailAddress email, Password password, List<Acceptance> policies) {
    @Override
    public String toString() {
      return "Form[redacted]";
    }
  }

  /** What became of a confirmation. */
  public enum Confirmation {
    /** There is an account now; to confirm once more says the same. */
    CONFIRMED,
    /**
     * The link is right, and the password is not its sign-up's: somebody else's sign-up, perhaps,
     * with this person's address. The link still waits.
     */
    OTHER_PASSWORD,
    /**
     * Unknown, older than a day, or the address has an account already: the answer does not say
     * which.
     */
    DID_NOT_WORK
  }

  /** Whether a password is too easily guessed for that person. */
  public boolean isCommon(Password password, String name, EmailAddress email) {
    return CommonPasswords.contains(password, List.of(name, email.value()));
  }

  /**
   * Keeps a sign-up for a day and queues the mail that confirms it, in one transaction. It never
   * looks whether the address is known: what does not differ cannot be measured. The mail's text
   * differs, for only the address's owner reads it.
   */
  public void request(Form form) {
    var now = clock.instant();
    var expiresAt = now.plus(PATIENCE);
    var subject = SubjectId.random();
    var token = Token.random(subject);
    var signUp =
        new SignUp(
            form.name(),
            form.email(),
            hashing.hash(form.password()),
            true,
            form.policies(),
            token.hash());
    var outcome =
        store
            .transaction()
            .add(vault.newSubjectKey(subject, expiresAt))
            .insert(SignUp.KIND.in(subject.value()), signUp, expiresAt)
            .insert(
                Notice.KIND.in(subject.value(), Secrets.text(Secrets.random(16))),
                Notice.queued(Notice.About.CONFIRM_ADDRESS, token.text(), now),
                expiresAt)
            .commit();
    if (!outcome.written()) {
      throw new IllegalStateException("a new subject's id is taken");
    }
    LOG.info("sign-up {} waits for its confirmation", subject);
  }

  /**
   * Makes an account of the sign-up whose mail carried that token, for whoever also knows its
   * password: a stranger who signs up with somebody's address chooses a password for nobody, even
   * where the owner opens the stranger's link. One address has one account, whoever comes first.
   */
  public Confirmation confirm(Token token, Password password) {
    var ref = SignUp.KIND.in(token.subject().value());
    return store
        .get(ref, Purpose.ACCOUNT)
        .filter(found -> MessageDigest.isEqual(found.value().confirmation(), token.hash()))
        .map(
            found ->
                hashing.verify(found.value().passwordHash(), password)
                    ? open(token, found)
                    : Confirmation.OTHER_PASSWORD)
        .orElseGet(() -> confirmedBefore(token));
  }

  /** Does what a sign-up and a confirmation do, so that nothing comes of it: before a snapshot. */
  public void rehearse() {
    var token = Token.random(SubjectId.random());
    var subject = token.subject().value();
    var nobodys = new Password("a rehearsal, no password");
    var signUp =
        new SignUp(
            "Nobody",
            EmailAddress.stored("nobody@pledge.invalid"),
            hashing.hash(nobodys),
            false,
            List.of(),
            token.hash());
    confirm(token, nobodys);
    store
        .transaction()
        .add(vault.newSubjectKey(token.subject(), clock.instant().plus(PATIENCE)))
        .insert(SignUp.KIND.in(subject), signUp)
        // There is nothing to delete, so nothing is written.
        .deleteExisting(Account.KIND.in(subject))
        .commit();
  }

  private Confirmation open(Token token, Found<SignUp> found) {
    var subject = token.subject().value();
    var signUp = found.value();
    var now = clock.instant();
    var transaction =
        store
            .transaction()
            .add(vault.keepSubjectKey(token.subject()))
            .deleteExisting(found.ref())
            .insert(
                Account.KIND.in(subject),
                new Account(
                    signUp.name(), signUp.email(), now, signUp.confirmation(), Optional.empty()),
                Instant.MAX,
                Set.of(emailIndex(vault, signUp.email())))
            .insert(Credential.KIND.in(subject), new Credential(signUp.passwordHash(), now))
            .insert(
                Consent.KIND.in(subject, Consent.ADULT),
                Consent.decided(signUp.adult(), "", "", now));
    for (var policy : signUp.policies()) {
      transaction.insert(
          Consent.KIND.in(subject, Consent.id(policy.document(), policy.version())),
          Consent.decided(true, policy.version(), policy.sha256(), now));
    }
    if (!transaction.commit().written()) {
      // The same token at the same moment, or another account with the address.
      return confirmedBefore(token);
    }
    LOG.info("account {} is confirmed", subject);
    return Confirmation.CONFIRMED;
  }

  private Confirmation confirmedBefore(Token token) {
    return store
        .get(Account.KIND.in(token.subject().value()), Purpose.ACCOUNT)
        .filter(found -> MessageDigest.isEqual(found.value().confirmation(), token.hash()))
        // Where nothing leads to the account, a legal hold alone keeps it, and nobody is told.
        .filter(
            found ->
                store
                    .find(emailIndex(vault, found.value().email()))
                    .filter(token.subject()::equals)
                    .isPresent())
        .map(found -> Confirmation.CONFIRMED)
        .orElse(Confirmation.DID_NOT_WORK);
  }

  static String emailIndex(Vault vault, EmailAddress email) {
    return vault.blindIndex("email", email.canonical());
  }
}
