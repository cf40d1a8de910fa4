package pledge.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.vault.Environment;

final class PasswordHashingTest {
  private static final Password PASSWORD = new Password("correct horse battery");

  private final PasswordHashing hashing = new PasswordHashing(19_456, 2);

  @ParameterizedTest
  @CsvSource({"19455, 2", "19456, 1", "0, 0", "-1, 5", "1000000, 1"})
  @DisplayName("hashed-secrets: parameters weaker than OWASP's are refused")
  void refusesParametersBelowTheMinimum(int memoryKib, int iterations) {
    assertThatThrownBy(() -> new PasswordHashing(memoryKib, iterations))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesItsParametersFromTheSettings() {
    var environment =
        new Environment(
            Map.of("ARGON2_MEMORY_KIB", "20000", "ARGON2_ITERATIONS", "3"), InstantSource.system());

    assertThat(PasswordHashing.of(environment)).isEqualTo(new PasswordHashing(20_000, 3));
  }

  @Test
  void namesTheSettingThatIsMissing() {
    var environment = new Environment(Map.of(), InstantSource.system());

    assertThatThrownBy(() -> PasswordHashing.of(environment))
        .hasMessageContaining("ARGON2_MEMORY_KIB");
  }

  @Test
  @DisplayName("hashed-secrets: a password's hash is Argon2id's, with its parameters and a salt")
  void hashesWithArgon2id() {
    assertThat(hashing.hash(PASSWORD))
        .startsWith("$argon2id$v=19$m=19456,t=2,p=1$")
        .isNotEqualTo(hashing.hash(PASSWORD));
  }

  @Test
  void verifiesThePasswordAndNoOther() {
    var hash = hashing.hash(PASSWORD);

    assertThat(hashing.verify(hash, PASSWORD)).isTrue();
    assertThat(hashing.verify(hash, new Password("correct horse battery "))).isFalse();
    assertThat(hashing.verify(hash, new Password("Correct horse battery"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"twelve chars\0one", "😀 пароль 密码 12", "tab\tand\nline"})
  void verifiesAnyCharacter(String text) {
    var hash = hashing.hash(new Password(text));

    assertThat(hashing.verify(hash, new Password(text))).isTrue();
    assertThat(hashing.verify(hash, new Password(text + "x"))).isFalse();
  }

  @Test
  void verifiesAHashOfEarlierParameters() {
    var hash = hashing.hash(PASSWORD);

    assertThat(new PasswordHashing(20_000, 3).verify(hash, PASSWORD)).isTrue();
  }

  @Test
  void knowsAHashOfWeakerParametersAsOutdated() {
    var hash = hashing.hash(PASSWORD);

    assertThat(new PasswordHashing(19_457, 2).isOutdated(hash)).isTrue();
    assertThat(new PasswordHashing(19_456, 3).isOutdated(hash)).isTrue();
    assertThat(hashing.isOutdated(hash)).isFalse();
  }

  @Test
  void neverVerifiesAgainstTheHashOfNobody() {
    assertThat(hashing.verify(hashing.hashOfNobody(), PASSWORD)).isFalse();
    assertThat(hashing.verify(hashing.hashOfNobody(), new Password(""))).isFalse();
  }

  @Test
  void hasAHashOfNobodyThatCostsWhatAnyCosts() {
    var stronger = new PasswordHashing(20_000, 3);
    var real = stronger.hash(PASSWORD).split("\\$", -1);
    var nobody = stronger.hashOfNobody().split("\\$", -1);

    assertThat(nobody).hasSameSizeAs(real);
    assertThat(nobody[1]).as("variant").isEqualTo(real[1]);
    assertThat(nobody[2]).as("version").isEqualTo(real[2]);
    assertThat(nobody[3]).as("parameters").isEqualTo(real[3]);
    assertThat(decoded(nobody[4])).as("salt").hasSameSizeAs(decoded(real[4]));
    assertThat(decoded(nobody[5])).as("hash").hasSameSizeAs(decoded(real[5]));
  }

  private static byte[] decoded(String text) {
    return Base64.getDecoder().decode(text);
  }
}
