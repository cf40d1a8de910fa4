package pledge.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipInputStream;
import pledge.local.Machine;
import pledge.runtime.Instance;
import pledge.runtime.Jvm;
import pledge.runtime.Jvm.Mode;

/**
 * Functions as the template deploys them: each from its archive, unpacked in a folder as Lambda
 * does under {@code /var/task}, in a process of its own that has nothing else to load from.
 */
final class Deployment {
  private static final DeployedTemplate TEMPLATE = new DeployedTemplate();

  private final Machine machine;
  private final Map<String, String> settings;
  private final Path tasks;
  private final Path logs;
  private int started;

  /**
   * Deploys on a machine.
   *
   * @param settings before those of the machine
   * @param tasks for archives, unpacked
   * @param logs for what functions print
   */
  Deployment(Machine machine, Map<String, String> settings, Path tasks, Path logs) {
    this.machine = machine;
    this.settings = settings;
    this.tasks = tasks;
    this.logs = logs;
  }

  /** Starts a function; a snapshot is restored as soon as it is taken. */
  Instance start(String function, Mode mode) {
    return start(function, mode, environment(function)).restore();
  }

  /** Starts a function with this environment, and leaves it at its snapshot. */
  Instance start(String function, Mode mode, Map<String, String> environment) {
    var properties = TEMPLATE.resource(function).at("Properties");
    var log = logs.resolve("%02d %s %s.log".formatted(started++, function, mode));
    return Instance.start(
        mode,
        Jvm.function(mode, properties.at("Handler").text(), List.of())
            .directory(unpacked(properties.at("CodeUri").text()).toFile())
            .redirectOutput(log.toFile()),
        environment);
  }

  /** What a function finds in its environment. */
  Map<String, String> environment(String function) {
    var environment = new HashMap<>(machine.environment(function));
    environment.putAll(settings);
    return environment;
  }

  /** All that was printed so far. */
  String printed() {
    try (var files = Files.newDirectoryStream(logs, "*.log")) {
      var printed = new StringBuilder();
      for (var file : files) {
        printed.append(Files.readString(file));
      }
      return printed.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path unpacked(String codeUri) {
    var archive = DeployedTemplate.ROOT.resolve(codeUri);
    if (!Files.exists(archive)) {
      throw new IllegalStateException(codeUri + " is missing: mvn verify packs it first.");
    }
    var task = tasks.resolve(codeUri);
    if (Files.exists(task)) {
      return task;
    }
    try (var zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        var file = task.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
      return task;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
