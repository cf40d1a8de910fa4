package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.TestMachine;
import pledge.policy.RetentionPeriod;
import pledge.policy.Table;

final class EpochIdTest {
  @ParameterizedTest
  @FieldSource("pledge.policy.RetentionPeriod#WITH_EPOCHS")
  void isReadAsItWasWritten(RetentionPeriod period) {
    var epoch = EpochId.of(period, Instant.parse("2026-11-21T09:30:00Z"));

    assertThat(EpochId.parse(epoch.value())).isEqualTo(epoch);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "#", "30d", "30d#", "30d#yesterday", "7y#2026-11-21T00:00:00Z", "index"})
  void nothingElseIsRead(String value) {
    assertThatThrownBy(() -> EpochId.parse(value)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theVaultNamesEveryEpochThatHasAKeyTheFirstToEndFirst() {
    var vault = TestMachine.vault();
    var now = TestMachine.clock().instant();
    vault.epochs().forEach(vault::destroyEpochKey);
    for (var period : RetentionPeriod.WITH_EPOCHS.reversed()) {
      vault.prepareEpochKey(EpochId.of(period, now));
      var kept = TestMachine.item(Table.EPOCH_KEYS, EpochId.of(period, now).value(), "KEY");
      vault.prepareEpochKey(EpochId.of(period, now));

      assertThat(TestMachine.item(Table.EPOCH_KEYS, EpochId.of(period, now).value(), "KEY"))
          .as("a key that is there stays")
          .isEqualTo(kept);
    }

    assertThat(vault.epochs())
        .extracting(EpochId::period)
        .containsExactlyElementsOf(RetentionPeriod.WITH_EPOCHS);
  }

  @Test
  void aDestroyedKeyIsGoneOnceAndItsEpochIsKnownOfUntilNothingIsLeft() {
    var vault = TestMachine.vault();
    var epoch = EpochId.of(RetentionPeriod.DAYS_30, TestMachine.clock().instant());
    vault.prepareEpochKey(epoch);

    assertThat(vault.destroyEpochKey(epoch)).isTrue();
    assertThat(vault.destroyEpochKey(epoch)).isFalse();
    assertThat(vault.epochs()).doesNotContain(epoch);
    assertThat(vault.epochsWithResidue()).contains(epoch);
    vault.forgetResidue(epoch);
    assertThat(vault.epochsWithResidue()).doesNotContain(epoch);
  }
}
