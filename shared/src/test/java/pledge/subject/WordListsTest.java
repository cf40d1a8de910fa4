package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;

import com.nulabinc.zxcvbn.Zxcvbn;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Leaving words out must leave the estimate as it is. */
class WordListsTest {
  private static final long SEED = 20_261_121;
  private static final Zxcvbn WHOLE = new Zxcvbn();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "correct horse battery",
        "passwordpassword",
        "P4ssw0rd P4ssw0rd",
        "drowssapdrowssap",
        "$up3rm@n 1999-12-31",
        "qwertyuiop asdfghjkl",
        "Ævar Arnfjörð ÆÆÆÆ",
        "abcdefghijkl",
        "🔑🔑🔑 liverpool 🔑🔑🔑",
        "LiverpoolArsenal",
        "password\ndragon\nmonkey"
      })
  void theEstimateIsTheLibrarysOwn(String password) {
    assertThat(estimate(password)).isEqualTo(whole(password));
  }

  @ParameterizedTest(name = "seed " + SEED + ": {0}")
  @MethodSource("passwords")
  void theEstimateIsTheLibrarysOwnForWhateverIsTyped(String password) {
    assertThat(estimate(password)).isEqualTo(whole(password));
  }

  @Test
  void aWordKeepsItsRankAndOthersAreLeftOut() {
    var passwords = Objects.requireNonNull(WordLists.within("password").get("passwords"));

    assertThat(passwords.getRankedDictionary())
        .containsEntry("password", 2)
        .doesNotContainKey("dragon");
  }

  static Stream<String> passwords() {
    var random = new Random(SEED);
    var signs = "aeionrstlcdupmg AEST 0123456789@$!|+<([{%é-";
    return Stream.generate(
            () -> {
              var password = new StringBuilder();
              for (var i = 12 + random.nextInt(13); i > 0; i--) {
                password.append(signs.charAt(random.nextInt(signs.length())));
              }
              return password.toString();
            })
        .limit(40);
  }

  private static double estimate(String password) {
    return CommonPasswords.guesses(password, List.of("pledge"));
  }

  private static double whole(String password) {
    return WHOLE.measure(password, List.of("pledge")).getGuesses();
  }
}
