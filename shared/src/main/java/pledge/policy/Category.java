package pledge.policy;

import static pledge.policy.Field.Type.BYTES;
import static pledge.policy.Field.Type.FLAG;
import static pledge.policy.Field.Type.INSTANT;
import static pledge.policy.Field.Type.NUMBER;
import static pledge.policy.Field.Type.TEXT;
import static pledge.policy.Field.clear;
import static pledge.policy.Field.sealed;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The kinds of data that we hold: each says in this one place all that depends on it. What is
 * stored, sealed, exported, erased, kept and told to the public is derived from here.
 */
public enum Category {
  ACCOUNT(
      declare("your name and e-mail address")
          .purposes(Purpose.ACCOUNT, Purpose.SERVICE_MESSAGES, Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .fields(
              sealed("name", TEXT, "your name").thatCanBeCorrected(),
              sealed("email", TEXT, "your e-mail address")
                  .seenBy(Processor.AWS)
                  .thatCanBeCorrected(),
              clear("createdAt", INSTANT, "when the account was opened"),
              clear("confirmation", BYTES, "the hash of the link that confirmed the address"))),

  SIGN_UP(
      declare("a sign-up that waits for its confirmation")
          .purposes(Purpose.ACCOUNT, Purpose.SERVICE_MESSAGES, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.ONE_DAY)
          .fields(
              sealed("name", TEXT, "your name"),
              sealed("email", TEXT, "your e-mail address").seenBy(Processor.AWS),
              sealed("passwordHash", TEXT, "your password, hashed"),
              sealed("adult", FLAG, "that you said you are 18 or older"),
              sealed("policies", TEXT, "the policies that you accepted"),
              clear("confirmation", BYTES, "the hash of the link in the mail"))),

  CREDENTIAL(
      declare("your password, hashed")
          .purposes(Purpose.AUTHENTICATION, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .fields(
              sealed("passwordHash", TEXT, "your password, hashed with Argon2id"),
              clear("changedAt", INSTANT, "when the password was set"))),

  SESSION(
      declare("where you are signed in")
          .purposes(Purpose.AUTHENTICATION, Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.DAYS_90)
          .fields(
              clear("tokenHash", BYTES, "the hash of the session's token"),
              clear("signedInAt", INSTANT, "when you signed in"),
              clear("seenAt", INSTANT, "when the session was last used, within the hour"),
              sealed("userAgent", TEXT, "the browser that signed in"),
              sealed("address", TEXT, "the network address that signed in"))),

  CONSENT(
      declare("what you agreed to, and when")
          .purposes(Purpose.ACCOUNT, Purpose.LEGAL_DUTY, Purpose.RIGHTS)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .fields(
              sealed("given", FLAG, "whether you agreed"),
              sealed("version", TEXT, "the version of what you agreed to"),
              sealed("hash", TEXT, "the SHA-256 of its text"),
              clear("decidedAt", INSTANT, "when you decided"))),

  SECURITY_EVENT(
      declare("what happened to your account's security")
          .purposes(Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.DAYS_30)
          .fields(
              sealed("event", TEXT, "what happened"),
              sealed("address", TEXT, "the network address it came from"),
              sealed("userAgent", TEXT, "the browser it came from"),
              clear("at", INSTANT, "when"))),

  SIGN_IN_THROTTLE(
      declare("the delay between two attempts to sign in")
          .purposes(Purpose.SECURITY)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.ONE_DAY)
          .ownedBy(new OwnerPath.BlindIndex("email"))
          .notExported("it is a counter under a keyed hash, gone within the day")
          .fields(
              clear("delay", NUMBER, "milliseconds until the next attempt"),
              clear("notBefore", INSTANT, "when the next attempt is taken"))),

  RATE_LIMIT(
      declare("how many requests a network address may still make")
          .purposes(Purpose.SECURITY)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.ONE_DAY)
          .ownedBy(new OwnerPath.Unlinked("the keyed hash of an address leads to nobody"))
          .notExported("it cannot be linked to anybody")
          .fields(clear("paidUntil", INSTANT, "until when the requests so far are paid for"))),

  NOTICE(
      declare("the messages that we sent you")
          .purposes(Purpose.SERVICE_MESSAGES, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.NOTICES)
          .fields(
              clear("kind", TEXT, "what the message is about"),
              clear("queuedAt", INSTANT, "when it was written"),
              clear("claimedUntil", INSTANT, "until when one sender has it in hand"),
              clear("sentAt", INSTANT, "when it was sent"),
              sealed("values", TEXT, "what was filled in")));

  @SuppressWarnings("ImmutableEnumChecker")
  private final Declaration declaration;

  Category(Declaration declaration) {
    this.declaration = declaration;
  }

  private static Declaration declare(String words) {
    return new Declaration(words);
  }

  /** What it is, in plain words, to the person it is about. */
  public String words() {
    return declaration.words;
  }

  public Set<Purpose> purposes() {
    return declaration.purposes;
  }

  public LegalBasis legalBasis() {
    return declaration.basis;
  }

  public RetentionPeriod retention() {
    return declaration.retention;
  }

  public Table table() {
    return declaration.table;
  }

  public OwnerPath ownerPath() {
    return declaration.ownerPath;
  }

  public AtErasure atErasure() {
    return declaration.atErasure;
  }

  /** Why it is not in an export; empty where it is. */
  public Optional<String> whyNotExported() {
    return Optional.ofNullable(declaration.whyNotExported);
  }

  public List<Field> fields() {
    return declaration.fields;
  }

  /**
   * The declared field of that name.
   *
   * @throws IllegalArgumentException where the category declares none
   */
  public Field field(String name) {
    for (var field : declaration.fields) {
      if (field.name().equals(name)) {
        return field;
      }
    }
    throw new IllegalArgumentException(this + " declares no field " + name);
  }
}
