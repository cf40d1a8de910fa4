package pledge.notice;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.processor.Mail;
import pledge.subject.Notices;
import pledge.subject.Notices.Claim;
import pledge.vault.UnavailableException;

/** Claims a message, sends it, writes down that it did. */
final class NoticeSender {
  private static final Logger LOG = LoggerFactory.getLogger(NoticeSender.class);

  private final Notices notices;
  private final Mail.Service mails;
  private final Letters letters;

  NoticeSender(Notices notices, Mail.Service mails, Letters letters) {
    this.notices = notices;
    this.mails = mails;
    this.letters = letters;
  }

  /** Sends a message once; false where it is to be tried again. */
  boolean send(QueuedNotice queued) {
    return switch (notices.claim(queued.subject(), queued.item())) {
      case Claim.NothingToDo() -> true;
      case Claim.InOtherHands() -> false;
      case Claim.Granted(var found, var addressee) -> {
        try {
          mails.send(letters.write(found.value(), addressee));
        } catch (UnavailableException e) {
          notices.giveBack(found);
          throw e;
        }
        notices.sent(found);
        LOG.info("{} sent to {}", found.value().about(), queued.subject());
        yield true;
      }
    };
  }
}
