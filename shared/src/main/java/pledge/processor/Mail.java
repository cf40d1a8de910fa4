package pledge.processor;

/**
 * A mail, as plain text and as HTML. Of a person it holds the address and nothing else: a name in a
 * mail is what spammers sign up with.
 *
 * @param subject never holds a secret: phones show it on locked screens
 */
public record Mail(String to, String subject, String text, String html) {
  /** Sends mails through a processor that is declared to see addresses. */
  @FunctionalInterface
  public interface Service {
    /**
     * Sends one mail.
     *
     * @throws pledge.vault.UnavailableException where the service does not take it for now
     */
    void send(Mail mail);
  }

  @Override
  public String toString() {
    return "Mail[redacted]";
  }
}
