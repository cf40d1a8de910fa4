package pledge.stripewebhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells what Stripe signed (scheme {@code v1}): HMAC-SHA-256 over the time, a point and the bytes
 * of the body as they came, in {@code Stripe-Signature: t=1700000000,v1=5257a8…}. While a secret is
 * rolled two of them are good, and a header has a signature of each.
 *
 * <p>Stripe's library checks the same, over a text and with one secret; it takes any time that is
 * to come, throws what it does not declare where a header is none, and signs other digits under
 * another locale. All that would have to be held off around it (RATIONALE.md).
 */
final class Signatures {
  /** How far a message's time may be from ours, either way: Stripe's own clock is right. */
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** Stripe's headers have some 150 characters, and one signature for each live secret. */
  private static final int LONGEST_HEADER = 2_048;

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
  private static final String ALGORITHM = "HmacSHA256";

  private final List<SecretKeySpec> secrets;
  private final InstantSource clock;

  private Signatures(List<SecretKeySpec> secrets, InstantSource clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * With these secrets.
   *
   * @param commaSeparated one, or several while one is rolled
   * @throws IllegalStateException where there is none; what there is instead is not said
   */
  static Signatures of(String commaSeparated, InstantSource clock) {
    var secrets =
        Stream.of(commaSeparated.split(",", -1))
            .map(String::strip)
            .filter(secret -> !secret.isEmpty())
            .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM))
            .toList();
    if (secrets.isEmpty()) {
      throw new IllegalStateException("the setting STRIPE_WEBHOOK_SECRETS names no secret");
    }
    return new Signatures(secrets, clock);
  }

  /** Whether Stripe signed that body, now. Whatever else the header is, it is no signature. */
  boolean isOf(byte[] body, String header) {
    if (header.length() > LONGEST_HEADER) {
      return false;
    }
    var time = "";
    var signatures = new ArrayList<byte[]>();
    for (var part : header.split(",", -1)) {
      if (part.startsWith("t=") && time.isEmpty()) {
        time = part.substring(2);
      } else if (part.startsWith("v1=")) {
        signatures.add(part.substring(3).getBytes(StandardCharsets.UTF_8));
      }
    }
    return isNow(time) && isAnyOf(signatures, time.getBytes(StandardCharsets.UTF_8), body);
  }

  private boolean isNow(String time) {
    return SECONDS.matcher(time).matches()
        && Math.abs(clock.instant().getEpochSecond() - Long.parseLong(time))
            <= TOLERANCE.toSeconds();
  }

  private boolean isAnyOf(List<byte[]> signatures, byte[] time, byte[] body) {
    var found = false;
    for (var secret : secrets) {
      var expected = sign(secret, time, body);
      for (var signature : signatures) {
        // All are compared, each in constant time.
        found |= MessageDigest.isEqual(expected, signature);
      }
    }
    return found;
  }

  /** In the small hexadecimal digits that Stripe writes. */
  private static byte[] sign(SecretKeySpec secret, byte[] time, byte[] body) {
    try {
      // Named, or each provider before it would be loaded to ask for it.
      var mac = Mac.getInstance(ALGORITHM, "SunJCE");
      mac.init(secret);
      mac.update(time);
      mac.update((byte) '.');
      return HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  /** Signs nothing, once with each secret. */
  void rehearse() {
    isOf(new byte[0], "t=" + clock.instant().getEpochSecond() + ",v1=");
  }
}
