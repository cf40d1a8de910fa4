package pledge.subject;

import java.time.Instant;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Kind;

/** What happened to an account's security, for its owner to read. */
public record SecurityEvent(What what, Instant at) {
  /** What happened. */
  public enum What {
    /** A session that nobody used, or that was as old as one may get, ended by itself. */
    SESSION_EXPIRED
  }

  public static final Kind<SecurityEvent> KIND =
      new Kind<>(Category.SECURITY_EVENT, "EVENT", 1, SecurityEvent::write, SecurityEvent::read);

  private Fields write() {
    return new Fields(Category.SECURITY_EVENT).text("event", what.name()).instant("at", at);
  }

  private static SecurityEvent read(Fields fields) {
    return new SecurityEvent(What.valueOf(fields.text("event")), fields.instant("at"));
  }
}
