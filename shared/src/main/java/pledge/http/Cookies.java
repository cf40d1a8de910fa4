package pledge.http;

import java.time.Duration;

/**
 * Our cookies, essential ones only (A§10, B§7). The prefix {@code __Host-} makes a browser refuse
 * them without Secure, with a Domain, or from another path (RFC 6265bis §4.1.3.2).
 */
public final class Cookies {
  /** Holds the session's token. */
  public static final String SESSION = "__Host-session";

  /** Marks a browser that signed in before, so that strangers' attempts do not slow it down. */
  public static final String BROWSER = "__Host-browser";

  private static final String RULES = "; Path=/; Secure; HttpOnly; SameSite=Lax";

  private Cookies() {}

  /** Sets a cookie; its value holds no character that would need quoting. */
  public static String set(String name, String value, Duration lifetime) {
    return name + "=" + value + RULES + "; Max-Age=" + lifetime.toSeconds();
  }

  /** Removes a cookie. */
  public static String remove(String name) {
    return name + "=" + RULES + "; Max-Age=0";
  }
}
