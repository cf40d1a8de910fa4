package pledge.vault;

import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/** What is done with one message of a queue. */
public final class Attempt {
  private Attempt() {}

  /**
   * Whether it succeeds. One bad message must not hold up the good ones: it goes back, and at last
   * to the dead letters, where an alarm waits.
   *
   * @param message its id, for the log
   * @param work false where it is to be done again
   */
  public static boolean succeeds(Logger log, String message, BooleanSupplier work) {
    try {
      return work.getAsBoolean();
    } catch (UnavailableException e) {
      log.warn("{}: {}", e.getMessage(), e.reason());
    } catch (RuntimeException e) {
      // Its text may hold what the message was about.
      log.error("message {} failed: {}", message, e.getClass().getSimpleName());
    }
    return false;
  }
}
