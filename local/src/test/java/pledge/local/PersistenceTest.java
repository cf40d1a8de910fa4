package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PersistenceTest {
  @TempDir private Path folder;

  @Test
  void findsItsItemsAgain() {
    try (var machine = start()) {
      Sample.put(machine, "a");
    }
    try (var machine = start()) {
      assertThat(machine.count(Sample.TABLE)).isEqualTo(1);
    }
  }

  @Test
  void opensWithItsKeysWhatItSealedBefore() {
    byte[] sealed;
    try (var machine = start()) {
      sealed = machine.kms().keys().find("alias/vault").encrypt(new byte[] {7}, java.util.Map.of());
    }
    try (var machine = start()) {
      assertThat(machine.kms().keys().find("alias/vault").decrypt(sealed, java.util.Map.of()))
          .containsExactly(7);
    }
  }

  @Test
  void keepsADisabledKeyDisabled() {
    try (var machine = start()) {
      machine.kms().disable("VaultKey");
    }
    try (var machine = start()) {
      assertThat(machine.kms().keys().find("alias/vault").state()).isEqualTo(KmsKey.State.DISABLED);
    }
  }

  @Test
  void keepsMail() {
    var mail =
        new Mail(
            "1",
            Instant.EPOCH,
            "f@x",
            List.of("t@x"),
            List.of(),
            List.of(),
            List.of(),
            "s",
            "t",
            "h",
            java.util.Map.of("a", "b"),
            "");
    try (var machine = start()) {
      machine.mailbox().keep(mail);
    }
    try (var machine = start()) {
      assertThat(machine.mailbox().mails()).containsExactly(mail);
    }
  }

  @Test
  void deliversAfterARestartWhatWasQueuedBefore() {
    try (var machine = Machine.start(options().withoutFunctions())) {
      Sample.put(machine, "job#1");
      machine.settle();
      assertThat(machine.queue("JobsQueue").depth()).isEqualTo(1);
    }
    try (var machine = start()) {
      machine.settle();
      assertThat(Recorder.seen(machine, "queue")).hasSize(1);
      assertThat(machine.queue("JobsQueue").depth()).isZero();
    }
  }

  @Test
  void readsAStreamOnFromWhereItWas() {
    try (var machine = start()) {
      Sample.put(machine, "seen#1");
      machine.settle();
    }
    try (var machine = start()) {
      Sample.put(machine, "seen#2");
      machine.settle();
      assertThat(Recorder.seen(machine, "stream"))
          .extracting(record -> record.path("key").asText())
          .containsExactly("seen#2");
    }
  }

  @Test
  void readsOfAStreamWhatWasWrittenWhileNobodyRead() {
    try (var machine = Machine.start(options().withoutFunctions())) {
      Sample.put(machine, "seen#1");
    }
    try (var machine = start()) {
      machine.settle();
      assertThat(Recorder.seen(machine, "stream")).hasSize(1);
    }
  }

  @Test
  void staysAsFarAheadInTime() {
    Instant moved;
    try (var machine = Machine.start(options().withTickingClock())) {
      machine.clock().advance(Duration.ofDays(30));
      moved = machine.clock().instant();
    }
    try (var machine = Machine.start(options().withTickingClock())) {
      assertThat(machine.clock().instant()).isBetween(moved, moved.plusSeconds(60));
    }
  }

  @Test
  void isForItsOwnersEyesOnly() throws IOException {
    try (var machine = start()) {
      machine.settle();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("state/keys/VaultKey.json"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void isForOneMachineAtATime() {
    try (var machine = start()) {
      machine.settle();
      assertThatThrownBy(this::start)
          .isInstanceOf(MachineException.class)
          .hasMessageContaining("Another run uses the data folder");
    }
  }

  @Test
  void saysWhenTheDatabaseIsDamaged() throws IOException {
    Files.writeString(folder.resolve("shared-local-instance.db"), "this is no database at all");

    assertThatThrownBy(this::start)
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("is damaged");
  }

  @Test
  void saysWhenTheDatabaseIsDamagedInside() throws IOException {
    try (var machine = start()) {
      Sample.put(machine, "a");
    }
    var file = folder.resolve("shared-local-instance.db");
    var bytes = Files.readAllBytes(file);
    for (var i = 100; i < bytes.length; i++) {
      bytes[i] = (byte) 0xA5;
    }
    Files.write(file, bytes);

    assertThatThrownBy(this::start)
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("is damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "", "[]", "\u0000\u0000"})
  void saysWhenAFileOfItsOwnIsDamaged(String damage) throws IOException {
    start().close();
    Files.writeString(folder.resolve("state/keys/VaultKey.json"), damage);

    assertThatThrownBy(this::start)
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("VaultKey.json is damaged");
  }

  private Options options() {
    return Options.persistent(folder, 0).withTemplate(Sample.TEMPLATE);
  }

  private Machine start() {
    return Machine.start(options());
  }
}
