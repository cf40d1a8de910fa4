package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.TestMachine;

final class SigningKeyTest {
  private final SigningKey key =
      TestMachine.vault()
          .signingKey(
              new Environment(
                      TestMachine.machine().environment("ErasureFunction"), TestMachine.clock())
                  .setting("RECEIPT_KEY"));

  @AfterEach
  void reset() {
    TestMachine.reset();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 100_000})
  void signsWhatAnybodyCanCheck(int length) throws GeneralSecurityException {
    var message = "x".repeat(length).getBytes(StandardCharsets.UTF_8);

    var signature = key.sign(message);

    assertThat(signature).hasSize(64);
    assertThat(checks(message, signature)).isTrue();
    assertThat(
            checks(
                (new String(message, StandardCharsets.UTF_8) + "y")
                    .getBytes(StandardCharsets.UTF_8),
                signature))
        .isFalse();
  }

  private boolean checks(byte[] message, byte[] signature) throws GeneralSecurityException {
    var check = Signature.getInstance("SHA256withECDSAinP1363Format");
    check.initVerify(
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key.publicKey())));
    check.update(message);
    return check.verify(signature);
  }

  /** RFC 3279: an integer has no byte more than it needs, and one where its first bit is set. */
  @ParameterizedTest
  @CsvSource({
    "30060201010201ff, 01, ff",
    "30080202008002020080, 80, 80",
    "3006020100020100, 00, 00"
  })
  void takesShortHalvesAndThoseWithALeadingZero(String der, String r, String s) {
    assertThat(SigningKey.halves(HexFormat.of().parseHex(der)))
        .isEqualTo(HexFormat.of().parseHex("0".repeat(62) + r + "0".repeat(62) + s));
  }

  @Test
  void isUnavailableWhereKmsRefuses() {
    TestMachine.machine().kms().disable("ReceiptKey");

    assertThatThrownBy(() -> key.sign(new byte[0])).isInstanceOf(UnavailableException.class);

    TestMachine.machine().kms().enable("ReceiptKey");
  }
}
