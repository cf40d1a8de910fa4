package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.Seeds;

final class PasswordTest {
  private static final List<String> OWNER = List.of("Ada Lovelace", "ada.lovelace@example.org");

  @Test
  void isTheSameHoweverItsAccentsAreComposed() {
    assertThat(new Password("cafe\u0301 au lait").text())
        .isEqualTo(new Password("caf\u00e9 au lait").text());
  }

  @Test
  void isAsLongAsItsCodePoints() {
    assertThat(new Password("😀😀😀").length()).isEqualTo(3);
    assertThat(new Password("e\u0301").length()).isEqualTo(1);
  }

  @Test
  void keepsSpacesAndCase() {
    assertThat(new Password("  A b  ").text()).isEqualTo("  A b  ");
  }

  @Test
  void doesNotShowItself() {
    assertThat(new Password("correct horse")).hasToString("Password[redacted]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password1234",
        "Password1234",
        "PASSWORD1234",
        "passw0rd1234",
        "P@ssw0rd1234",
        "password12345678",
        "passwordpassword",
        "password password",
        "Summer2024!!",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopasdfghjkl",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "zxcvbnm12345",
        "iloveyou1234",
        "iloveyouiloveyou",
        "123456789012",
        "1234567890123456",
        "111111111111",
        "000000000000",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "abcdefghijkl",
        "abcdefghijklmnopqrstuvwxyz",
        "letmein12345",
        "welcome12345",
        "football1234",
        "sunshine2024",
        "princess1234",
        "monkey123456",
        "dragon123456",
        "trustno1trustno1",
        "adminadminadmin",
        "administrator",
        "pledgepledge",
        "assistants12",
        "aikoaikoaiko",
        "121212121212",
        "qazwsxqazwsx",
        "asdfghjkl123"
      })
  void isCommonWhereItIsWhatGuessersTryFirst(String text) {
    assertThat(CommonPasswords.contains(new Password(text), OWNER)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ada Lovelace",
        "adalovelace1815",
        "AdaLovelace12",
        "lovelace1815",
        "lovelace2024",
        "Lovelace2024!",
        "ada.lovelace1",
        "ada.lovelace@example.org",
        "ada.lovelace@example.org1",
        "lovelacelovelace"
      })
  void isCommonWhereItIsWhatIsKnownOfItsOwner(String text) {
    assertThat(CommonPasswords.contains(new Password(text), OWNER)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "correct horse battery staple",
        "vK9#mq2!Lx7p",
        "zgjR4tq8wnVb",
        "mein Fahrrad hat drei Räder",
        "purple-otter-sings-loudly",
        "пароль на каждый день недели",
        "我的密码不是那么容易猜到的哦",
        "тbжq8#лW2мzк"
      })
  void isNotCommonWhereNobodyWouldGuessIt(String text) {
    assertThat(CommonPasswords.contains(new Password(text), OWNER)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "ab",
        "1",
        "aA",
        "password",
        "p@ssw0rd",
        "qwerty",
        "2024-01-01",
        "12.11.2024",
        "1l|!i",
        "4@aA",
        "ada",
        "é",
        "😀",
        "a\u0301",
        " "
      })
  @Timeout(value = 5, unit = TimeUnit.SECONDS)
  void isEstimatedInTimeHoweverLong(String pattern) {
    var text = pattern.repeat(128).substring(0, 128);

    assertThat(CommonPasswords.contains(new Password(text), OWNER)).isIn(true, false);
  }

  @ParameterizedTest
  @MethodSource("pledge.Seeds#both")
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void isEstimatedWhateverItsCharacters(long seed) {
    var random = new SplittableRandom(seed);
    for (var i = 0; i < 8; i++) {
      var text = Seeds.text(random, random.nextInt(12, 129));

      assertThat(CommonPasswords.contains(new Password(text), OWNER))
          .as("seed %d, password %d", seed, i)
          .isFalse();
    }
  }
}
