package pledge.stripewebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as signed, and that everything else is just not: no header makes it fail. */
class SignaturesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:30:00.999Z");
  private static final long SECOND = NOW.getEpochSecond();
  private static final String SECRET = "whsec_one";
  private static final String BEFORE = "whsec_the_one_before";
  private static final String BODY = "{\n  \"id\": \"evt_1\",\n  \"name\": \"Zoë ☂ \\u0000\"\n}";

  private final Signatures signatures =
      Signatures.of(SECRET + ", " + BEFORE, InstantSource.fixed(NOW));

  @ParameterizedTest
  @ValueSource(strings = {SECRET, BEFORE})
  void takesWhatStripesLibrarySignsWithAnyLiveSecret(String secret)
      throws GeneralSecurityException {
    assertThat(isSigned(Webhook.Signature.generateSignatureHeader(BODY, secret, SECOND))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ar-SA-u-nu-arab", "fa-IR-u-nu-arabext", "th-TH-u-nu-thai", "hi-u-nu-deva"})
  void checksInTheSameDigitsInAnyLocale(String locale) throws GeneralSecurityException {
    var header = Webhook.Signature.generateSignatureHeader(BODY, SECRET, SECOND);
    var before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.forLanguageTag(locale));
    try {
      var started = Signatures.of(SECRET, InstantSource.fixed(NOW));

      assertThat(started.isOf(BODY.getBytes(StandardCharsets.UTF_8), header)).isTrue();
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-300, -1, 0, 1, 300})
  void takesATimeThatIsUpTo300SecondsAway(long seconds) {
    assertThat(isSigned(header(SECOND + seconds))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {-31_536_000, -301, 301, 31_536_000})
  void takesNoTimeThatIsFurtherAwayToComeOrPast(long seconds) {
    assertThat(isSigned(header(SECOND + seconds))).isFalse();
  }

  @Test
  void takesAHeaderWithSignaturesOfSeveralSecretsAndSchemes() {
    var signature = hex(SECRET, SECOND);
    for (var header :
        List.of(
            "t=" + SECOND + ",v1=" + "0".repeat(64) + ",v1=" + signature,
            "t=" + SECOND + ",v0=" + "0".repeat(64) + ",v1=" + signature,
            "v1=" + signature + ",t=" + SECOND,
            "t=" + SECOND + ",v1=" + signature + ",v2=new")) {
      assertThat(isSigned(header)).as(header).isTrue();
    }
  }

  @Test
  void takesNothingElseForASignatureAndNeverFails() {
    var signature = hex(SECRET, SECOND);
    for (var header :
        List.of(
            "",
            ",",
            "=",
            "t",
            "t=",
            "t=abc",
            "t,v1=" + signature,
            "t=,v1=" + signature,
            "t=abc,v1=" + signature,
            "t=" + SECOND,
            "t=" + SECOND + ",v1",
            "t=" + SECOND + ",v1=",
            "t=" + SECOND + ",v0=" + signature,
            "t=" + SECOND + ";v1=" + signature,
            "t = " + SECOND + ",v1=" + signature,
            "T=" + SECOND + ",V1=" + signature,
            "t=+" + SECOND + ",v1=" + signature,
            "t=-" + SECOND + ",v1=" + signature,
            "t=0x6b,v1=" + signature,
            "t=9223372036854775808,v1=" + signature,
            "t=" + "9".repeat(1_000) + ",v1=" + signature,
            "t=1,t=" + SECOND + ",v1=" + signature,
            "t=\u0661\u0667,v1=" + signature,
            "v1=" + signature,
            "v1=" + signature + "," + signature,
            "t=" + SECOND + ",v1=" + signature.toUpperCase(Locale.ROOT),
            "t=" + SECOND + ",v1=" + signature.substring(1),
            "t=" + SECOND + ",v1=" + signature + "0",
            "t=" + SECOND + ",v1=" + "\u2603".repeat(64),
            "t=" + SECOND + ",v1=" + "0".repeat(100_000),
            "t=" + SECOND + (",v1=" + "0".repeat(64)).repeat(1_000) + ",v1=" + signature,
            ",".repeat(100_000))) {
      assertThat(isSigned(header)).as(header.substring(0, Math.min(80, header.length()))).isFalse();
    }
  }

  /** A seeded generator; the seed is said where it fails. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void takesNoAlteredHeaderOrBody(long seed) {
    var random = new Random(seed);
    var header = header(SECOND);
    for (var round = 0; round < 500; round++) {
      var place = random.nextInt(header.length());
      var other = (char) (32 + random.nextInt(95));
      var altered = header.substring(0, place) + other + header.substring(place + 1);
      assertThat(isSigned(altered))
          .as("seed %d: %s", seed, altered)
          .isEqualTo(altered.equals(header));
      var body = BODY.getBytes(StandardCharsets.UTF_8);
      body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
      assertThat(signatures.isOf(body, header)).as("seed %d", seed).isFalse();
    }
  }

  /** They would all become one character, and be signed alike. */
  @Test
  void bytesThatAreNoTextAreNotSigned() {
    var bytes = new byte[] {(byte) 0xC3, (byte) 0x28};
    var asOneText = "\uFFFD(".getBytes(StandardCharsets.UTF_8);

    for (var signed : List.of(bytes, asOneText)) {
      assertThat(signatures.isOf(bytes, "t=" + SECOND + ",v1=" + hex(SECRET, SECOND, signed)))
          .isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", " , ,"})
  void aListOfNoSecretsIsNamedAtTheStart(String setting) {
    assertThatThrownBy(() -> Signatures.of(setting, InstantSource.fixed(NOW)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("STRIPE_WEBHOOK_SECRETS");
  }

  private boolean isSigned(String header) {
    return signatures.isOf(BODY.getBytes(StandardCharsets.UTF_8), header);
  }

  private static String header(long second) {
    return "t=" + second + ",v1=" + hex(SECRET, second);
  }

  private static String hex(String secret, long second) {
    return hex(secret, second, BODY.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(String secret, long second, byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((second + ".").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
