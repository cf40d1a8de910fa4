package pledge.policy;

import static pledge.policy.Audience.ASSISTANT_CUSTOMERS;
import static pledge.policy.Clause.a;
import static pledge.policy.Clause.b;
import static pledge.policy.Declaration.declare;
import static pledge.policy.Field.Type.BYTES;
import static pledge.policy.Field.Type.FLAG;
import static pledge.policy.Field.Type.INSTANT;
import static pledge.policy.Field.Type.NUMBER;
import static pledge.policy.Field.Type.TEXT;
import static pledge.policy.Field.clear;
import static pledge.policy.Field.sealed;

/** What is declared of our own conduct: security, messages, rights, and the proofs of each. */
final class ConductCategories {
  static final Declaration SECURITY_EVENT =
      declare("what happened to your account's security")
          .from(a(4), b(2))
          .purposes(Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.DAYS_30)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("event", TEXT, "what happened"),
              sealed("address", TEXT, "the network address it came from"),
              sealed("userAgent", TEXT, "the browser it came from"),
              clear("at", INSTANT, "when"));

  static final Declaration SIGN_IN_THROTTLE =
      declare("the delay between two attempts to sign in")
          .from(a(4), b(2))
          .purposes(Purpose.SECURITY)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.ONE_DAY)
          .ownedBy(
              new OwnerPath.Unlinked(
                  "the keyed hash of an address with a network or a browser leads to nobody"))
          .notExported("it cannot be linked to anybody")
          .fields(
              clear("delay", NUMBER, "milliseconds until the next attempt"),
              clear("notBefore", INSTANT, "when the next attempt is taken"));

  static final Declaration RATE_LIMIT =
      declare("how many requests an address or a session may still make")
          .from(a(4), b(2))
          .purposes(Purpose.SECURITY)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.ONE_DAY)
          .ownedBy(
              new OwnerPath.Unlinked(
                  "the hash of an address or of a session's token leads to nobody"))
          .notExported("it cannot be linked to anybody")
          .fields(clear("paidUntil", INSTANT, "until when the requests so far are paid for"));

  static final Declaration NOTICE =
      declare("the messages that we sent you")
          .from(a(4), a(12), b(2), b(9))
          .purposes(Purpose.SERVICE_MESSAGES, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.NOTICES)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("kind", TEXT, "what the message is about"),
              clear("queuedAt", INSTANT, "when it was written"),
              clear("claimedUntil", INSTANT, "until when one sender has it in hand"),
              clear("sentAt", INSTANT, "when it was sent"),
              sealed("values", TEXT, "what was filled in, such as a link")
                  .seenBy(Processor.AWS)
                  .thatIsSecret());

  static final Declaration MAILING =
      declare("how far a message to many people has come")
          .from(a(4), a(12), b(2), b(9))
          .purposes(Purpose.SERVICE_MESSAGES, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.YEARS_7)
          .ownedBy(
              new OwnerPath.Impersonal(
                  "it counts people; whoever gets the message has a record of it of their own"))
          .notExported("it is about no single person")
          .fields(
              clear("walk", NUMBER, "how often everybody was gone through, this time included"),
              clear("cursor", TEXT, "where it goes on: a random id"),
              clear("people", NUMBER, "how many people were looked at"),
              clear("concerned", NUMBER, "how many of them were told"),
              clear("failed", NUMBER, "how many of them are to be looked at again"),
              clear("beganAt", INSTANT, "when it began"),
              clear("endedAt", INSTANT, "when everybody was told"));

  static final Declaration TEXT_MESSAGE =
      declare("the text messages that we sent you, if you turned them on")
          .from(a(4), a(6))
          .only(ASSISTANT_CUSTOMERS)
          .purposes(Purpose.SERVICE_MESSAGES, Purpose.RIGHTS)
          .basis(LegalBasis.CONSENT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.NOTICES)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("kind", TEXT, "what the message is about"),
              sealed("text", TEXT, "what it says").seenBy(Processor.TWILIO),
              clear("status", TEXT, "whether it was delivered"),
              clear("sentAt", INSTANT, "when it was sent"))
          .heldUnderItsId(
              Processor.TWILIO,
              "the message and its delivery, under a number that we keep with ours, until we delete"
                  + " it there when ours is deleted; up to 30 days more in Twilio's backups");

  static final Declaration REMOTE_COPY =
      declare("that a processor still has to delete something that we have deleted")
          .from(a(4), a(8), b(6))
          .purposes(Purpose.RIGHTS, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(
              new OwnerPath.Impersonal(
                  "it is the number that the processor gave its copy, and names nobody; it is"
                      + " deleted when the processor has confirmed"))
          .notExported("it is about no single person")
          .fields(
              clear("answer", TEXT, "what the processor answered, and when it is asked again"),
              clear("wokenAt", INSTANT, "when it was last to be gone on with"));

  static final Declaration PRIVACY_REQUEST =
      declare("what you asked us about your data, and what became of it")
          .from(a(8), b(6))
          .purposes(Purpose.RIGHTS, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("kind", TEXT, "what you asked for"),
              clear("status", TEXT, "whether it is pending, in progress, completed or cancelled"),
              clear("requestedAt", INSTANT, "when you asked"),
              clear("startsAt", INSTANT, "until when you can take a deletion back"),
              clear("dueBy", INSTANT, "when we must be done"),
              clear("stage", TEXT, "how far it is"),
              clear("done", TEXT, "what was done, and when"),
              clear("deleting", TEXT, "how far a deletion is, and how much it came upon so far"),
              clear("processors", TEXT, "what each processor answered, and when it is asked again"),
              sealed(
                  "elsewhere",
                  TEXT,
                  "the numbers that processors gave you, until each of them has confirmed"));

  static final Declaration OPEN_REQUEST =
      declare("that something you asked us about your data is not done yet")
          .from(a(8), b(6))
          .purposes(Purpose.RIGHTS, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(
              new OwnerPath.Impersonal(
                  "it says by random ids that a request is open; what was asked stands with the"
                      + " person, and this is deleted when it is done"))
          .notExported("the request itself is in the export; this is deleted when it is done")
          .fields(
              clear("subject", TEXT, "the random id of your account"),
              clear("kind", TEXT, "what you asked for"),
              clear("startsAt", INSTANT, "until when you can take a deletion back"),
              clear("dueBy", INSTANT, "when we must be done"),
              clear("heldSince", INSTANT, "since when it waits for a legal hold, and nothing else"),
              clear("heldDueBy", INSTANT, "the same date, later by the time that it so waited"),
              clear("processors", TEXT, "what each processor answered, without any number"),
              clear("wokenAt", INSTANT, "when it was last to be gone on with"));

  static final Declaration EXPORT =
      declare("the copy of your data that you asked for")
          .from(b(6))
          .purposes(Purpose.RIGHTS)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.SUBJECTS, RetentionPeriod.DAYS_7)
          .ownedBy(new OwnerPath.Partition())
          .notExported("it is the export")
          .fields(
              sealed("key", BYTES, "the key of the file").thatIsSecret(),
              sealed("hash", BYTES, "the SHA-256 of the file"),
              clear("size", NUMBER, "its size in bytes").seenBy(Processor.AWS),
              clear("parts", NUMBER, "in how many parts it lies there").seenBy(Processor.AWS),
              clear("readyAt", INSTANT, "when it was ready"))
          .heldUnderItsId(
              Processor.AWS,
              "the file, encrypted with a key that is kept here, sealed for you, until we delete"
                  + " both");

  static final Declaration ERASURE_RECEIPT =
      declare("the signed receipt of an erasure, under random ids only")
          .from(a(8), b(6))
          .purposes(Purpose.RIGHTS, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.YEARS_7)
          .ownedBy(new OwnerPath.Partition())
          .keptAtErasure(
              "it proves that you were erased, and keeps a restored backup from bringing you back;"
                  + " its random ids lead to nobody any more")
          .fields(
              clear("receipt", TEXT, "its random id"),
              clear("subject", TEXT, "the random id that your account had"),
              clear("completedAt", INSTANT, "when it was completed"),
              clear(
                  "signed",
                  TEXT,
                  "what was erased where and when, what copy remains where and until when, and our"
                      + " signature over it"),
              clear("hash", BYTES, "the hash of the signed receipt"),
              clear("previousHash", BYTES, "the hash of the row before it"));

  static final Declaration SUPPORT_GRANT =
      declare("what you allowed our staff to look at, or why they had to")
          .from(a(3))
          .purposes(Purpose.SUPPORT, Purpose.LEGAL_DUTY, Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("kind", TEXT, "whether you asked for support, or why our staff had to look"),
              clear("categories", TEXT, "which kinds of data"),
              clear("staff", TEXT, "the random id of the member of staff, if you did not allow it"),
              sealed("reason", TEXT, "the reason that was stated"),
              clear("notBefore", INSTANT, "from when"),
              clear("notAfter", INSTANT, "until when"),
              clear("revokedAt", INSTANT, "when you took it back"),
              clear("keyGrant", TEXT, "the number of what lets staff open your data in AWS KMS"),
              clear("keyGrantToken", TEXT, "the token that makes it count at once").thatIsSecret());

  static final Declaration STAFF_ACCESS =
      declare("each time that our staff looked at your data")
          .from(a(3), b(5))
          .purposes(Purpose.SECURITY, Purpose.LEGAL_DUTY, Purpose.RIGHTS)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.YEARS_7)
          .ownedBy(new OwnerPath.Partition())
          .keptAtErasure(
              "it proves who looked at what; it never held what they saw, and its random ids lead"
                  + " to nobody any more")
          .fields(
              clear("access", TEXT, "its random id"),
              clear("subject", TEXT, "the random id of your account"),
              clear("staff", TEXT, "the random id of the member of staff"),
              clear("grant", TEXT, "the random id of what allowed it"),
              clear("category", TEXT, "which kind of data"),
              clear("purpose", TEXT, "for which purpose"),
              clear("outcome", TEXT, "whether it was allowed or refused"),
              clear("at", INSTANT, "when"),
              clear("previousHash", BYTES, "the hash of the row before it"));

  static final Declaration LEGAL_HOLD =
      declare("a legal duty that pauses the deletion of some of your data")
          .from(a(3), b(3))
          .purposes(Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.YEARS_7)
          .ownedBy(new OwnerPath.Partition())
          .keptAtErasure(
              "it proves why deletion was paused; its random ids lead to nobody any more")
          .notExported("you are told of it when it begins, unless the law forbids us to")
          .fields(
              clear("hold", TEXT, "its random id"),
              clear("subject", TEXT, "the random id of your account"),
              clear("step", TEXT, "whether it was proposed, confirmed, withdrawn or ended"),
              clear("staff", TEXT, "the random id of the member of staff who did it"),
              clear("categories", TEXT, "which kinds of data"),
              clear("until", INSTANT, "until when"),
              clear("reference", TEXT, "the number of the case, which names nobody"),
              clear("undisclosed", FLAG, "whether the law forbids us to tell"),
              clear("wokenAt", INSTANT, "when it was last to be looked at because it is over"),
              clear("previousHash", BYTES, "the hash of the row before it"));

  static final Declaration MINOR_REPORT =
      declare("that somebody told us that your account is used by a person under 18")
          .from(a(11))
          .purposes(Purpose.RIGHTS, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.YEARS_7)
          .ownedBy(new OwnerPath.Partition())
          .keptAtErasure(
              "it proves which two members of staff had the account erased at once, and why; its"
                  + " random ids lead to nobody any more")
          .notExported(
              "it would tell on whoever told us; you are told when the account is erased for it")
          .fields(
              clear("subject", TEXT, "the random id of your account"),
              clear("staff", TEXT, "the random id of the member of staff who was told"),
              clear("source", TEXT, "who told us: the person, a parent, a school, an authority"),
              clear("request", TEXT, "the random id of the erasure that it led to"),
              clear("previousHash", BYTES, "the hash of the row before it"));

  static final Declaration INCIDENT =
      declare("a security incident and what we did about it")
          .from(a(4), b(2))
          .purposes(Purpose.SECURITY, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.AUDIT, RetentionPeriod.YEARS_7)
          .ownedBy(
              new OwnerPath.Impersonal(
                  "it names kinds of data and a time; who is affected gets a message of their own"))
          .notExported("it is about no single person")
          .fields(
              clear("incident", TEXT, "its random id"),
              clear("step", TEXT, "what was done about it"),
              clear("staff", TEXT, "the random id of the member of staff who did it"),
              clear("kind", TEXT, "what kind of incident"),
              clear("categories", TEXT, "which kinds of data"),
              clear("beganAt", INSTANT, "when it began"),
              clear("endedAt", INSTANT, "when it ended"),
              clear("foundAt", INSTANT, "when we learned of it: the 72 hours count from here"),
              clear("reportedAt", INSTANT, "when the authority was told"),
              clear("notReportedBecause", TEXT, "why the authority need not be told"),
              clear("consequences", TEXT, "what it may lead to, as people are told"),
              clear("advice", TEXT, "what we did and what they can do, as people are told"),
              clear("affected", NUMBER, "how many people it touched"),
              clear("measures", TEXT, "what was done, naming nobody"),
              clear("previousHash", BYTES, "the hash of the row before it"));

  static final Declaration PLEDGE_CHECK =
      declare("the last check of each pledge, as shown to the public")
          .from(b(5))
          .purposes(Purpose.OPERATIONS, Purpose.LEGAL_DUTY)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.AUDIT, RetentionPeriod.YEARS_7)
          .ownedBy(new OwnerPath.Impersonal("it is a figure about our systems"))
          .notExported("it is about nobody, and public")
          .fields(
              clear("pledge", TEXT, "which pledge"),
              clear("result", TEXT, "whether it is kept, at risk or broken"),
              clear("evidence", TEXT, "the figures"),
              clear("at", INSTANT, "when"),
              clear("previousHash", BYTES, "the hash of the row before it"));

  static final Declaration PROVIDER_EVENT =
      declare("that a processor told us of something, so that it counts once")
          .from(a(4), b(2))
          .purposes(Purpose.BILLING, Purpose.SERVICE_MESSAGES)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.ACTIVITY, RetentionPeriod.DAYS_30)
          .ownedBy(
              new OwnerPath.Impersonal("it is the number of a message, and not what it is about"))
          .notExported("it is about nobody")
          .fields(clear("processor", TEXT, "who told us"), clear("receivedAt", INSTANT, "when"));

  private ConductCategories() {}
}
