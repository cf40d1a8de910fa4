package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.SplittableRandom;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.Seeds;
import pledge.policy.Table;

final class SealingTest {
  private static final Place PLACE = new Place(Table.SUBJECTS, "partition", "sort", 1);
  private static final byte[] TEXT = "a secret of 27 characters..".getBytes(StandardCharsets.UTF_8);
  private static final int LONGEST = 64 * 1024;

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void opensWhateverItSealed(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 80; i++) {
      var length =
          switch (i) {
            case 0 -> 0;
            case 1 -> LONGEST;
            default -> random.nextInt(random.nextInt(1, LONGEST + 1));
          };
      var plaintext = Seeds.bytes(random, length);
      var key = key(random);
      var place = place(random);

      assertThat(Sealing.open(key, place, Sealing.seal(key, place, plaintext)))
          .as("seed %d, text %d of %d bytes", seed, i, length)
          .isEqualTo(plaintext);
    }
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void doesNotOpenWithAnyBitFlipped(long seed) {
    var random = new SplittableRandom(seed);
    var key = key(random);
    var sealed = Sealing.seal(key, PLACE, TEXT);
    for (var bit = 0; bit < sealed.length * 8; bit++) {
      var altered = sealed.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(catchThrowable(() -> Sealing.open(key, PLACE, altered)))
          .as("seed %d, bit %d", seed, bit)
          .isInstanceOf(DoesNotOpenException.class);
    }
  }

  @Test
  void doesNotOpenCutShortAnywhere() {
    var key = key(new SplittableRandom(1));
    var sealed = Sealing.seal(key, PLACE, TEXT);
    for (var length = 0; length < sealed.length; length++) {
      var cut = Arrays.copyOf(sealed, length);

      assertThat(catchThrowable(() -> Sealing.open(key, PLACE, cut)))
          .as("cut to %d bytes", length)
          .isInstanceOf(DoesNotOpenException.class);
    }
  }

  @Test
  void doesNotOpenWithAByteMore() {
    var key = key(new SplittableRandom(1));
    var longer = Arrays.copyOf(Sealing.seal(key, PLACE, TEXT), TEXT.length + 30);

    assertThatThrownBy(() -> Sealing.open(key, PLACE, longer))
        .isInstanceOf(DoesNotOpenException.class);
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  @DisplayName("isolation: nothing opens under another key")
  void doesNotOpenUnderAnotherKey(long seed) {
    var random = new SplittableRandom(seed);
    var sealed = Sealing.seal(key(random), PLACE, TEXT);
    var other = key(random);

    assertThat(catchThrowable(() -> Sealing.open(other, PLACE, sealed)))
        .as("seed %d", seed)
        .isInstanceOf(DoesNotOpenException.class);
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  void doesNotOpenInAnyOtherPlace(long seed) {
    var random = new SplittableRandom(seed);
    var key = key(random);
    for (var i = 0; i < 300; i++) {
      var place = place(random);
      var other = place(random);
      var sealed = Sealing.seal(key, place, TEXT);
      if (!place.equals(other)) {
        assertThat(catchThrowable(() -> Sealing.open(key, other, sealed)))
            .as("seed %d, from %s to %s", seed, place, other)
            .isInstanceOf(DoesNotOpenException.class);
      }
    }
  }

  @Test
  void tellsPlacesApartWhereOnlyTheBorderOfTheirPartsDiffers() {
    var one = new Place(Table.SUBJECTS, "ab", "c", 1);
    var other = new Place(Table.SUBJECTS, "a", "bc", 1);

    assertThat(one.associatedData()).isNotEqualTo(other.associatedData());
  }

  @Test
  void beginsWithTheFormat() {
    assertThat(Sealing.seal(key(new SplittableRandom(1)), PLACE, TEXT)[0]).isEqualTo((byte) 1);
  }

  @Test
  void isTheFormatANonceTheCiphertextAndATag() {
    assertThat(Sealing.seal(key(new SplittableRandom(1)), PLACE, TEXT))
        .hasSize(1 + 12 + TEXT.length + 16);
  }

  @Test
  void sealsOneTextDifferentlyEachTime() {
    var key = key(new SplittableRandom(1));
    var nonces = new HashSet<String>();
    for (var i = 0; i < 1_000; i++) {
      nonces.add(Secrets.text(Arrays.copyOfRange(Sealing.seal(key, PLACE, TEXT), 1, 13)));
    }

    assertThat(nonces).hasSize(1_000);
  }

  @Test
  @DisplayName("encrypted-at-rest: no part of a text is in its sealed form")
  void hidesTheText() {
    var sealed =
        new String(
            Sealing.seal(key(new SplittableRandom(1)), PLACE, TEXT), StandardCharsets.ISO_8859_1);

    assertThat(sealed).doesNotContain("a se").doesNotContain("char");
  }

  private static SecretKey key(SplittableRandom random) {
    return new SecretKeySpec(Seeds.bytes(random, 32), "AES");
  }

  /** From few values, so that two places often differ in one part only. */
  private static Place place(SplittableRandom random) {
    return new Place(
        random.nextBoolean() ? Table.SUBJECTS : Table.ACTIVITY,
        random.nextBoolean() ? "one" : "other",
        random.nextBoolean() ? "ACCOUNT" : "ACCOUNT#",
        random.nextInt(1, 3));
  }
}
