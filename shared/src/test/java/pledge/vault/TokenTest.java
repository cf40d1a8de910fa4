package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.Seeds;

final class TokenTest {
  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void isReadAsItWasWritten(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 200; i++) {
      var token =
          new Token(
              new SubjectId(Secrets.text(Seeds.bytes(random, SubjectId.BYTES))),
              Seeds.bytes(random, 32));

      assertThat(Token.parse(token.text())).as("seed %d, token %d", seed, i).contains(token);
    }
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void isAnotherTokenWithAnyBitFlipped(long seed) {
    var random = new SplittableRandom(seed);
    var secret = Seeds.bytes(random, 32);
    var subject = new SubjectId(Secrets.text(Seeds.bytes(random, SubjectId.BYTES)));
    var token = new Token(subject, secret);
    for (var bit = 0; bit < 256; bit++) {
      var altered = secret.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(new Token(subject, altered))
          .as("seed %d, bit %d", seed, bit)
          .isNotEqualTo(token)
          .satisfies(other -> assertThat(other.hash()).isNotEqualTo(token.hash()));
    }
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void isNotReadFromAnythingElse(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 500; i++) {
      var text = Seeds.text(random, random.nextInt(130));
      if (!text.matches("[A-Za-z0-9_-]{64}")) {
        assertThat(Token.parse(text)).as("seed %d, text %d", seed, i).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"=", "+", "/", " ", "\n", "é", "\u0000"})
  void isNotReadFromAnotherAlphabet(String character) {
    var text = Token.random(SubjectId.random()).text();

    assertThat(Token.parse(text.substring(0, 63) + character)).isEmpty();
  }

  @Test
  void has256RandomBits() {
    var subject = SubjectId.random();

    assertThat(Token.random(subject).secret())
        .hasSize(32)
        .isNotEqualTo(Token.random(subject).secret());
  }

  @Test
  @DisplayName("hashed-secrets: what is stored of a token is its SHA-256")
  void isStoredAsAHash() {
    var token = new Token(SubjectId.random(), new byte[32]);

    assertThat(token.hash())
        .asHexString()
        .isEqualToIgnoringCase("66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
  }

  @Test
  void doesNotShowItself() {
    var token = Token.random(SubjectId.random());

    assertThat(token).hasToString("Token[redacted]");
  }
}
