package pledge.subject;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/**
 * A message to a person, written in the transaction that causes it. It stands in the outbox: the
 * table's stream carries its key to the queue, and whoever sends it writes down that it was sent.
 *
 * @param values what is filled in, such as the token of the link in it; empty once it is sent, and
 *     where the record was read without being opened
 * @param claimedUntil until when one sender has it in hand
 */
public record Notice(
    About about,
    String values,
    Instant queuedAt,
    Optional<Instant> claimedUntil,
    Optional<Instant> sentAt) {
  /** What a message is about. */
  public enum About {
    /** A sign-up waits for its confirmation. */
    CONFIRM_ADDRESS,
    /** An incident touched data of the person (GDPR Art. 34). */
    INCIDENT,
    /** A policy that the person accepted changes in what it promises. */
    POLICY_CHANGE,
    /** The copy that the person asked for is ready. */
    COPY_READY,
    /** A wish to be erased that came by mail waits for its confirmation. */
    CONFIRM_ERASURE,
    /** A copy that was asked for by mail waits for its confirmation. */
    CONFIRM_EXPORT,
    /** The person asked to be erased, and can take it back. */
    ERASURE_ASKED,
    /** The account is erased at once: it was reported to be a minor's. */
    MINOR_REPORTED,
    /** The person's data is erased now: the last message there is. */
    ERASURE_BEGINS,
    /** The law has us keep some of the person's data. */
    LEGAL_HOLD_BEGINS,
    /** It does no longer. */
    LEGAL_HOLD_ENDS,
    /** A member of staff may look at some of the person's data, who did not ask for it. */
    STAFF_ACCESS,
    /** What the person owes could not be charged, and their assistant will be suspended for it. */
    PAYMENT_FAILED,
    /** It is suspended now. */
    ASSISTANT_SUSPENDED,
    /** The person's bank wants them to confirm a payment. */
    PAYMENT_NEEDS_CONFIRMATION,
    /** From some day on the person pays. */
    TRIAL_ENDS
  }

  public static final Kind<Notice> KIND =
      new Kind<>(Category.NOTICE, "OUTBOX#NOTICE", 1, Notice::write, Notice::read);

  /** A message that waits to be sent. */
  public static Notice queued(About about, String values, Instant now) {
    return new Notice(about, values, now, Optional.empty(), Optional.empty());
  }

  /** The same message, sent: its secret is forgotten. */
  Notice sent(Instant now) {
    return new Notice(about, "", queuedAt, Optional.empty(), Optional.of(now));
  }

  private Fields write() {
    var fields =
        new Fields(Category.NOTICE)
            .text("kind", about.name())
            .text("values", values)
            .instant("queuedAt", queuedAt);
    claimedUntil.ifPresent(moment -> fields.instant("claimedUntil", moment));
    sentAt.ifPresent(moment -> fields.instant("sentAt", moment));
    return fields;
  }

  private static Notice read(Fields fields) {
    return new Notice(
        About.valueOf(fields.text("kind")),
        fields.optionalText("values").orElse(""),
        fields.instant("queuedAt"),
        fields.optionalInstant("claimedUntil"),
        fields.optionalInstant("sentAt"));
  }

  @Override
  public String toString() {
    return "Notice[" + about + "]";
  }
}
