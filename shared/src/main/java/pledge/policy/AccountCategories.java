package pledge.policy;

import static pledge.policy.Audience.ASSISTANT_CUSTOMERS;
import static pledge.policy.Audience.DEVELOPERS;
import static pledge.policy.Clause.a;
import static pledge.policy.Clause.b;
import static pledge.policy.Declaration.declare;
import static pledge.policy.Field.Type.BYTES;
import static pledge.policy.Field.Type.FLAG;
import static pledge.policy.Field.Type.INSTANT;
import static pledge.policy.Field.Type.TEXT;
import static pledge.policy.Field.clear;
import static pledge.policy.Field.sealed;

/** What is declared of an account: who somebody is, how they sign in, what they chose. */
final class AccountCategories {
  static final Declaration ACCOUNT =
      declare("your name and e-mail address")
          .from(a(2), b(1))
          .purposes(
              Purpose.ACCOUNT,
              Purpose.SERVICE_MESSAGES,
              Purpose.MARKETING,
              Purpose.SECURITY,
              Purpose.SUPPORT,
              Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("name", TEXT, "your name").thatCanBeCorrected(),
              sealed("email", TEXT, "your e-mail address")
                  .seenBy(Processor.AWS)
                  .thatCanBeCorrected(),
              clear("createdAt", INSTANT, "when the account was opened"),
              clear("confirmation", BYTES, "the hash of the link that confirmed the address")
                  .thatIsSecret(),
              clear("copying", TEXT, "the request for a copy of your data, while one is open"));

  static final Declaration SIGN_UP =
      declare("a sign-up that waits for its confirmation")
          .from(a(2), a(11), b(1))
          .purposes(Purpose.ACCOUNT, Purpose.SERVICE_MESSAGES, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.ONE_DAY)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("name", TEXT, "your name"),
              sealed("email", TEXT, "your e-mail address").seenBy(Processor.AWS),
              sealed("passwordHash", TEXT, "your password, hashed").thatIsSecret(),
              sealed("adult", FLAG, "that you said you are 18 or older"),
              sealed("policies", TEXT, "the policies that you accepted"),
              clear("confirmation", BYTES, "the hash of the link in the mail").thatIsSecret());

  static final Declaration CREDENTIAL =
      declare("your password, hashed")
          .from(a(2), b(1), b(5))
          .purposes(Purpose.AUTHENTICATION, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("passwordHash", TEXT, "your password, hashed with Argon2id").thatIsSecret(),
              clear("changedAt", INSTANT, "when the password was set"),
              clear("leaving", TEXT, "the request to be erased, while one is open"));

  static final Declaration IDENTITY =
      declare("your Google account, if you sign in with it")
          .from(a(2), a(6))
          .purposes(Purpose.AUTHENTICATION, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("googleId", TEXT, "the number that Google gave your account"),
              sealed("email", TEXT, "the e-mail address that Google told us"),
              sealed("token", TEXT, "Google's token, kept to tell Google when you leave")
                  .seenBy(Processor.GOOGLE)
                  .thatIsSecret(),
              clear("linkedAt", INSTANT, "when you first signed in with Google"))
          .heldBy(Processor.GOOGLE, "that you let our service know who you are");

  static final Declaration SESSION =
      declare("where you are signed in")
          .from(a(2), a(10), b(1), b(7))
          .purposes(Purpose.AUTHENTICATION, Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.DAYS_90)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("tokenHash", BYTES, "the hash of the session's token").thatIsSecret(),
              clear("signedInAt", INSTANT, "when you signed in"),
              clear("seenAt", INSTANT, "when the session was last used, within the hour"),
              clear("leaving", TEXT, "the request to be erased, while one is open"),
              sealed("userAgent", TEXT, "the browser that signed in"),
              sealed("address", TEXT, "the network address that signed in"));

  static final Declaration LINK =
      declare("a link that we mailed you and that waits to be used")
          .from(a(4), b(2))
          .purposes(Purpose.ACCOUNT, Purpose.SERVICE_MESSAGES, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.ONE_DAY)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("tokenHash", BYTES, "the hash of the link's token").thatIsSecret(),
              clear("kind", TEXT, "what it is for, such as a new password"),
              sealed("email", TEXT, "the new e-mail address that it confirms, if it does")
                  .seenBy(Processor.AWS),
              clear("askedAt", INSTANT, "when you wrote to us, where it confirms what you wrote"),
              clear("usedAt", INSTANT, "when it was used; it works once"));

  static final Declaration PHONE =
      declare("your phone number, if you turn text messages on")
          .from(a(6))
          .only(ASSISTANT_CUSTOMERS)
          .purposes(Purpose.SERVICE_MESSAGES, Purpose.RIGHTS)
          .basis(LegalBasis.CONSENT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("number", TEXT, "your phone number")
                  .seenBy(Processor.TWILIO)
                  .thatCanBeCorrected(),
              clear("verifiedAt", INSTANT, "when you proved that it is yours"),
              clear("stoppedAt", INSTANT, "when you turned text messages off, or answered STOP"))
          .heldBy(Processor.TWILIO, "your number while it is being verified");

  static final Declaration ORGANISATION =
      declare("your organisation")
          .from(b(1))
          .only(DEVELOPERS)
          .purposes(Purpose.ACCOUNT, Purpose.API_SERVICE, Purpose.SUPPORT, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("name", TEXT, "the organisation's name").thatCanBeCorrected(),
              clear("createdAt", INSTANT, "when it was entered"));

  static final Declaration MEMBERSHIP =
      declare("the organisations that you belong to")
          .from(b(1))
          .only(DEVELOPERS)
          .purposes(Purpose.ACCOUNT, Purpose.AUTHENTICATION, Purpose.API_SERVICE, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("organisation", TEXT, "the organisation's random id here"),
              sealed("role", TEXT, "what you may do there"),
              clear("joinedAt", INSTANT, "since when"));

  static final Declaration CONSENT =
      declare("what you agreed to, and when")
          .from(a(6), a(11), a(12), b(1), b(6), b(9))
          .purposes(Purpose.ACCOUNT, Purpose.LEGAL_DUTY, Purpose.RIGHTS)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("given", FLAG, "whether you agreed"),
              clear("version", TEXT, "the version of what you agreed to"),
              sealed("hash", TEXT, "the SHA-256 of its text"),
              clear("toldAt", INSTANT, "when we wrote to you that it changes"),
              clear("decidedAt", INSTANT, "when you decided"));

  static final Declaration LOOKUP =
      declare("the keyed hashes by which we find your account")
          .from(a(2), b(1), b(5))
          .purposes(Purpose.AUTHENTICATION, Purpose.ACCOUNT, Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(
              new OwnerPath.BlindIndex(
                  "e-mail address, phone number, Google account, session, API key or Stripe"
                      + " customer"))
          .notExported("each is the hash of something that the export has in full, or a secret")
          .fields(clear("subject", TEXT, "the random id of your account"));

  static final Declaration SUBJECT_KEY =
      declare("the key that opens what is sealed for you")
          .from(a(3), a(9), b(5))
          .purposes(Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.SUBJECT_KEYS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .notExported(
              "an export is open already, and the key opens nothing outside of our systems")
          .fields(
              clear(
                  "wrapped",
                  BYTES,
                  "the key, itself encrypted under a key that never leaves" + " AWS KMS"));

  private AccountCategories() {}
}
