package pledge.stripewebhook;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells what Stripe signed, by Stripe's own library: {@code Stripe-Signature:
 * t=1700000000,v1=5257…} over that time, a point and the body. While a secret is rolled two of them
 * are good. What the library leaves open is closed here: a time that is to come, a header that it
 * fails at, bytes that are no text, and digits of another script.
 */
final class Signatures {
  /** How far a message's time may be from ours, either way: Stripe's own clock is right. */
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** Stripe's headers have some 150 characters, and one signature for each live secret. */
  private static final int LONGEST_HEADER = 2_048;

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  private final List<String> secrets;
  private final InstantSource clock;

  private Signatures(List<String> secrets, InstantSource clock) {
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
            .toList();
    if (secrets.isEmpty()) {
      throw new IllegalStateException("the setting STRIPE_WEBHOOK_SECRETS names no secret");
    }
    // The library writes the time that it signs as the process writes numbers: Arabic ones match
    // nothing.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    return new Signatures(secrets, clock);
  }

  /** Whether Stripe signed that body, now. Whatever else the header is, it is no signature. */
  boolean isOf(byte[] body, String header) {
    if (header.length() > LONGEST_HEADER || !isOfNow(header)) {
      return false;
    }
    var now = Clock.fixed(clock.instant(), ZoneOffset.UTC);
    return text(body)
        .filter(text -> secrets.stream().anyMatch(secret -> isSigned(text, header, secret, now)))
        .isPresent();
  }

  /** Whether its one time is neither past nor to come, by more than may be. */
  private boolean isOfNow(String header) {
    var times =
        Stream.of(header.split(",", -1))
            .filter(part -> part.startsWith("t="))
            .map(part -> part.substring(2))
            .toList();
    return times.size() == 1
        && SECONDS.matcher(times.getFirst()).matches()
        && Math.abs(clock.instant().getEpochSecond() - Long.parseLong(times.getFirst()))
            <= TOLERANCE.toSeconds();
  }

  private static boolean isSigned(String body, String header, String secret, Clock now) {
    try {
      return Webhook.Signature.verifyHeader(body, header, secret, TOLERANCE.toSeconds(), now);
    } catch (SignatureVerificationException | RuntimeException e) {
      // It throws more than it declares, at headers that are none.
      return false;
    }
  }

  /**
   * The text of which these are the bytes, and no others: where they are those of none, a decoder
   * that is lenient would have many bodies under one signature.
   */
  private static Optional<String> text(byte[] body) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Signs nothing, once with each secret. */
  void rehearse() {
    isOf(new byte[0], "t=" + clock.instant().getEpochSecond() + ",v1=");
  }
}
