package pledge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pledge.local.Machine;
import pledge.runtime.Instance;
import pledge.runtime.Instance.Answer;
import pledge.runtime.Jvm;
import pledge.runtime.Jvm.Mode;

/**
 * A function that starts, and its first request.
 *
 * @param what in the table
 * @param function in the template
 * @param handler the class
 * @param classPath archives and folders, in order
 * @param hash whether it makes one password hash
 * @param target whether the target is for it
 */
record Start(
    String what,
    String function,
    String handler,
    List<Path> classPath,
    boolean hash,
    boolean target,
    Supplier<byte[]> event) {

  /** What the last function printed: where it went wrong, the reason stands here. */
  static final Path LOG = Path.of("target", "bench.log");

  /** A function behind the API. */
  static Start http(String name, String route, boolean hash, Supplier<byte[]> event) {
    return http(name, "pledge." + name.replace("-", ""), route, hash, event);
  }

  /** The same, of a function that may not be called as what it serves: another room is. */
  static Start api(String name, String route, Supplier<byte[]> event) {
    return http(name, "pledge." + name + "api", route, false, event);
  }

  private static Start http(
      String name, String room, String route, boolean hash, Supplier<byte[]> event) {
    var title = titles(name);
    return new Start(
        name + ": " + route,
        title + "Function",
        room + "." + title + "Handler",
        List.of(archive(name)),
        hash,
        true,
        event);
  }

  /** A function that a clock or a stream calls, with a sample of its events. */
  static Start retention(String name, String sample) {
    return sampled("retention-" + name, "pledge.retention." + name, sample);
  }

  /** The function of a folder, with a sample of its events. */
  static Start sampled(String folder, String inPackage, String sample) {
    var title = titles(folder);
    return new Start(
        folder,
        title + "Function",
        inPackage + "." + title + "Handler",
        List.of(archive(folder)),
        false,
        false,
        () -> sample(folder, sample));
  }

  /** The sender of mails, with a message of its queue. */
  static Start notice(Supplier<byte[]> event) {
    return new Start(
        "notice: SQSEvent",
        "NoticeFunction",
        "pledge.notice.NoticeHandler",
        List.of(archive("notice")),
        false,
        false,
        event);
  }

  /** References run from the archive of a function with the same libraries. */
  static Start reference(String what, Class<?> handler, String libraries, byte[] event) {
    return new Start(
        what,
        "SessionFunction",
        handler.getName(),
        List.of(archive(libraries), ourClasses()),
        false,
        false,
        () -> event);
  }

  /** Starts it, on the first CPU alone. */
  Instance instance(Mode mode, Machine machine) {
    return instance(mode, machine, Map.of());
  }

  /** The same, with other settings than the machine's. */
  Instance instance(Mode mode, Machine machine, Map<String, String> others) {
    var process = Jvm.function(mode, handler, classPath);
    var settings = new HashMap<>(machine.environment(function));
    settings.putAll(others);
    return Instance.start(mode, Cpus.onFirst(process.redirectOutput(LOG.toFile())), settings);
  }

  /** The answer, where it is a good one. */
  Answer checked(Answer answer) {
    checked(what, answer.text());
    return answer;
  }

  static void checked(String what, String answer) {
    if (!answer.contains("\"statusCode\":20")
        && !answer.contains("batchItemFailures\":[]")
        && (answer.contains("statusCode") || !answer.startsWith("{"))) {
      throw new IllegalStateException(what + " answered " + answer);
    }
  }

  static Path archive(String name) {
    var archive = Path.of(name, "target", name + "-all.jar");
    if (!Files.exists(archive)) {
      throw new IllegalStateException(archive + " is missing: mvn -Pbench packages it first");
    }
    return archive.toAbsolutePath();
  }

  static Path ourClasses() {
    return Path.of("target", "test-classes").toAbsolutePath();
  }

  private static byte[] sample(String folder, String sample) {
    try {
      return Files.readAllBytes(Path.of("..", "events", folder, sample + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String titles(String folder) {
    return Stream.of(folder.split("-", -1)).map(Start::title).collect(Collectors.joining());
  }

  private static String title(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
