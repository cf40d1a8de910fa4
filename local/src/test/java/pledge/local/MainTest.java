package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void helps() {
    assertThat(begin("--help")).isEmpty();
    assertThat(text(out))
        .contains("--port N", "--data FOLDER", "--memory", "--template FILE", "/_local/");
  }

  @Test
  void startsAndSaysWhereToGo() {
    try (var machine =
        begin("--template", Sample.TEMPLATE.toString(), "--memory", "--port", "0").orElseThrow()) {
      assertThat(text(out)).contains(machine.api() + "/", machine.api() + "/_local/", "Ctrl-C");
      assertThat(machine.clock().isTicking()).isTrue();
    }
  }

  @Test
  void keepsDataBesideTheTemplate() throws IOException {
    var template = Files.copy(Sample.TEMPLATE, folder.resolve("template.yaml"));
    try (var machine = begin("--template", template.toString(), "--port", "0").orElseThrow()) {
      assertThat(machine.queue("JobsQueue").depth()).isZero();
      assertThat(folder.resolve(".pledge")).isDirectory();
    }
  }

  @Test
  void saysThatThePortIsTaken() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      assertThat(begin("--template", Sample.TEMPLATE.toString(), "--memory", "--port", port))
          .isEmpty();
      assertThat(text(err)).isEqualTo("Port " + port + " is in use: choose another with --port.\n");
    }
  }

  @Test
  void saysThatTheDataFolderIsTaken() {
    try (var first =
        begin("--template", Sample.TEMPLATE.toString(), "--data", folder.toString(), "--port", "0")
            .orElseThrow()) {
      assertThat(
              begin(
                  "--template",
                  Sample.TEMPLATE.toString(),
                  "--data",
                  folder.toString(),
                  "--port",
                  "0"))
          .isEmpty();
      assertThat(text(err)).startsWith("Another run uses the data folder").hasLineCount(1);
      assertThat(first.api().getPort()).isPositive();
    }
  }

  @Test
  void saysThatTheDataIsDamaged() throws IOException {
    Files.writeString(folder.resolve("shared-local-instance.db"), "no database");

    assertThat(
            begin(
                "--template",
                Sample.TEMPLATE.toString(),
                "--data",
                folder.toString(),
                "--port",
                "0"))
        .isEmpty();
    assertThat(text(err)).contains("is damaged").hasLineCount(1);
  }

  @Test
  void saysThatThereIsNoTemplate() {
    assertThat(begin("--template", folder.resolve("none.yaml").toString(), "--memory")).isEmpty();
    assertThat(text(err)).startsWith("There is no template at").hasLineCount(1);
  }

  @Test
  void saysThatTheTemplateIsUnreadable() throws IOException {
    var broken = Files.writeString(folder.resolve("broken.yaml"), "Resources: [");

    assertThat(begin("--template", broken.toString(), "--memory")).isEmpty();
    assertThat(text(err)).contains("is not YAML").hasLineCount(1);
  }

  @Test
  void saysWhatItDoesNotUnderstand() {
    assertThat(begin("--prot", "1")).isEmpty();
    assertThat(begin("--port", "99999")).isEmpty();
    assertThat(begin("--port")).isEmpty();
    assertThat(begin("--memory", "--data", "x")).isEmpty();
    assertThat(text(err))
        .isEqualTo(
            """
            The option --prot is not known: see --help.
            --port needs a number from 0 to 65535, not 99999.
            --port needs a value: see --help.
            --memory keeps nothing, so --data has no use: leave one out.
            """);
  }

  @Test
  void endsWithTwoWhenMisusedAndZeroWhenHelping() throws Exception {
    assertThat(command("--help").start().waitFor()).isZero();
    assertThat(command("--prot").start().waitFor()).isEqualTo(2);
  }

  @Test
  void saysWhatARealServiceNeedsAsWell() throws Exception {
    var command = command("--template", Sample.TEMPLATE.toString(), "--memory", "--port", "0");
    command.environment().put("STRIPE_KEY", "sk_test_1");
    var process = command.redirectErrorStream(true).start();
    try (var output = process.inputReader()) {
      assertThat(output.readAllAsString())
          .startsWith("STRIPE_KEY is set, so STRIPE_PLANS, STRIPE_WEBHOOK_SECRETS must be")
          .hasLineCount(1);
      assertThat(process.waitFor()).isEqualTo(2);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void endsWhenTerminatedAndPrintsNothingAlarming() throws Exception {
    var process =
        command(
                "--template",
                Sample.TEMPLATE.toString(),
                "--data",
                folder.toString(),
                "--port",
                "0")
            .redirectErrorStream(true)
            .start();
    try (var output = process.inputReader()) {
      String line;
      do {
        line = output.readLine();
      } while (line != null && !line.startsWith("Stop"));
      // Not Process.destroy, which closes the output as well.
      process.toHandle().destroy();

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(output.readAllAsString()).doesNotContain("WARN", "Exception", "ERROR");
    } finally {
      process.destroyForcibly();
    }
  }

  private Optional<Machine> begin(String... arguments) {
    return Main.begin(
        CommandLine.parse(List.of(arguments)),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private static ProcessBuilder command(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))
                    .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
