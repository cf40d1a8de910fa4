package pledge.subject;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import pledge.vault.Secrets;
import pledge.vault.Vault;

/**
 * The mark that a browser gets when an account signs in on it (OWASP's "device cookie"): who brings
 * it is not slowed down by what strangers try on the account. It is a number, a date and a keyed
 * hash of both with the account; nothing is stored.
 */
final class KnownBrowsers {
  /** How long a browser is known after its last sign-in. */
  static final Duration LIFETIME = Duration.ofDays(90);

  private final Vault vault;
  private final InstantSource clock;

  KnownBrowsers(Vault vault, InstantSource clock) {
    this.vault = vault;
    this.clock = clock;
  }

  /** A new mark, {@code number.expiry.hash}. */
  String mark(String account) {
    var start =
        Secrets.text(Secrets.random(16)) + "." + clock.instant().plus(LIFETIME).getEpochSecond();
    return start + "." + hash(start, account);
  }

  /** Whether a mark was made for that account and is not too old. */
  boolean isKnown(String mark, String account) {
    var end = mark.lastIndexOf('.');
    if (end < 0 || mark.length() > 100) {
      return false;
    }
    var start = mark.substring(0, end);
    // Only what we made comes past here: the rest needs no checking.
    return MessageDigest.isEqual(bytes(mark.substring(end + 1)), bytes(hash(start, account)))
        && clock
            .instant()
            .isBefore(
                Instant.ofEpochSecond(Long.parseLong(start.substring(start.indexOf('.') + 1))));
  }

  private String hash(String start, String account) {
    return vault.blindIndex("browser", start + " " + account);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
