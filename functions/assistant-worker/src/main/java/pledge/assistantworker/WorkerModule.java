package pledge.assistantworker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import pledge.vault.Secrets;

/** What every assistant runs: the module as it stands beside this class. */
record WorkerModule(String text, String version) {
  private static final String FILE = "worker.mjs";
  private static final int VERSION_DIGITS = 16;

  static WorkerModule read() {
    try (var file = Objects.requireNonNull(WorkerModule.class.getResourceAsStream(FILE), FILE)) {
      var bytes = file.readAllBytes();
      return new WorkerModule(
          new String(bytes, StandardCharsets.UTF_8),
          HexFormat.of().formatHex(Secrets.sha256(bytes)).substring(0, VERSION_DIGITS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
