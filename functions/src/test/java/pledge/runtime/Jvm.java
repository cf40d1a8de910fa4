package pledge.runtime;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The Java process of a function, as Lambda's Java 25 runtime starts it. */
public final class Jvm {
  private static final String RUNTIME_CLIENT =
      "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  /** The runtime client and what it needs. */
  private static final List<String> RUNTIME =
      Stream.of(
              RUNTIME_CLIENT,
              "com.amazonaws.services.lambda.runtime.LambdaRuntime",
              "com.amazonaws.services.lambda.runtime.serialization.PojoSerializer",
              "software.amazon.awssdk.utilslite.SdkInternalThreadLocal")
          .map(Jvm::jarOf)
          .toList();

  /** Its native part. Left alone, each process unpacks it to one place, whoever runs from there. */
  private static final Path NATIVE_CLIENT = unpackNativeClient();

  /** The heap of a function of 1769 MB. */
  private static final String HEAP = "-XX:MaxHeapSize=1539768k";

  private Jvm() {}

  /** How Lambda's Java 25 is started: it stops at C1, but not under SnapStart. */
  public enum Mode {
    ON_DEMAND("on-demand", "-XX:TieredStopAtLevel=1"),
    SNAP_START("snap-start", "-XX:+TieredCompilation");

    /** As the function finds it in its environment. */
    final String initialization;

    final String compilation;

    Mode(String initialization, String compilation) {
      this.initialization = initialization;
      this.compilation = compilation;
    }
  }

  /** A Java process with Lambda's flags and an empty environment. */
  public static ProcessBuilder java(
      Mode mode, List<Path> classPath, String main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            HEAP,
            "-XX:+UseSerialGC",
            mode.compilation,
            "--enable-native-access=ALL-UNNAMED",
            "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
                + NATIVE_CLIENT,
            // As Lambda sets it: where org.crac finds the runtime's hooks.
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac"));
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            Stream.concat(RUNTIME.stream(), classPath.stream().map(Path::toString)).toList()));
    command.add(main);
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    return builder.redirectErrorStream(true);
  }

  /**
   * The process of a function. The runtime looks for classes on this path and then, as on Lambda,
   * in the folder in which the process is started and in its {@code lib/}.
   *
   * @param handler the class
   */
  public static ProcessBuilder function(Mode mode, String handler, List<Path> classPath) {
    return java(mode, classPath, RUNTIME_CLIENT, handler);
  }

  private static Path unpackNativeClient() {
    var arch = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    var name = "/jni/libaws-lambda-jni.linux-" + arch + ".so";
    try (var library = Jvm.class.getResourceAsStream(name)) {
      var file = Files.createTempFile("lambda-jni", ".so");
      file.toFile().deleteOnExit();
      Files.copy(Objects.requireNonNull(library, name), file, REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jarOf(String className) {
    try {
      var found = Class.forName(className, false, Jvm.class.getClassLoader());
      var source = found.getProtectionDomain().getCodeSource();
      return Path.of(source.getLocation().toURI()).toString();
    } catch (ReflectiveOperationException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
