package pledge.vault;

import java.io.Serial;

/**
 * A service that we need did not answer, refused for now, or throttles: nothing was done, and
 * trying again is right.
 */
public final class UnavailableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final String reason;

  /**
   * Of that service.
   *
   * @param service its name, for the log
   */
  public UnavailableException(String service, Throwable cause) {
    super(service + " is unavailable", cause);
    reason = cause.getClass().getSimpleName();
  }

  /**
   * What kind of failure it was; its text may hold what a table or key was asked, so this is all
   * that a log gets.
   */
  public String reason() {
    return reason;
  }
}
