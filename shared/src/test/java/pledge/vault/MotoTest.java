package pledge.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * The protocol of KMS, spoken with an emulator that nobody here wrote. It runs where {@code
 * moto_server} is installed.
 */
final class MotoTest {
  private static final Map<String, String> CONTEXT =
      Map.of("subject", "AAAAAAAAAAAAAAAAAAAAAA", "purpose", "subject");

  private static @Nullable Process moto;
  private static @Nullable SdkHttpClient http;
  private static @Nullable KmsClient kms;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    var program = onPath("moto_server");
    if (program.isEmpty()) {
      skip("moto_server is not installed");
    }
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    moto =
        new ProcessBuilder(
                program.orElseThrow().getPath(), "-H", "127.0.0.1", "-p", Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!answers(port)) {
      throw new IllegalStateException("moto_server is installed and does not start");
    }
    var environment =
        new Environment(
            Map.of(
                "AWS_REGION", "eu-central-1",
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test",
                "AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:" + port),
            InstantSource.system());
    http = Environment.httpClient();
    kms = environment.kms(http);
  }

  @AfterAll
  static void stop() {
    if (kms != null) {
      kms.close();
    }
    if (http != null) {
      http.close();
    }
    if (moto != null) {
      moto.descendants().forEach(ProcessHandle::destroy);
      moto.destroy();
    }
  }

  @Test
  void opensADataKeyThatItMade() {
    var keys = dataKeys();
    var key = keys.generate(CONTEXT);

    assertThat(key.clear()).hasSize(32);
    assertThat(keys.open(key.wrapped(), CONTEXT))
        .hasValueSatisfying(opened -> assertThat(opened).isEqualTo(key.clear()));
  }

  @Test
  void makesAnotherDataKeyEachTime() {
    var keys = dataKeys();

    assertThat(keys.generate(CONTEXT).clear()).isNotEqualTo(keys.generate(CONTEXT).clear());
  }

  @Test
  void doesNotOpenADataKeyInAnotherContext() {
    var keys = dataKeys();
    var wrapped = keys.generate(CONTEXT).wrapped();

    assertThat(
            keys.open(wrapped, Map.of("subject", "BBBBBBBBBBBBBBBBBBBBBB", "purpose", "subject")))
        .isEmpty();
  }

  @Test
  void answersThatItIsUnavailableWhereThereIsNoSuchKey() {
    var keys = new DataKeys(kms(), "00000000-0000-0000-0000-000000000000");

    assertThat(catchThrowable(() -> keys.generate(CONTEXT)))
        .isInstanceOf(UnavailableException.class);
  }

  private static DataKeys dataKeys() {
    return new DataKeys(kms(), kms().createKey().keyMetadata().arn());
  }

  private static KmsClient kms() {
    return Optional.ofNullable(kms).orElseThrow();
  }

  private static void skip(String why) {
    System.err.println("SKIPPED: KMS's protocol against moto: " + why);
    Assumptions.abort(why);
  }

  private static Optional<File> onPath(String program) {
    return Stream.of(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
        .map(folder -> new File(folder, program))
        .filter(File::canExecute)
        .findFirst();
  }

  private static boolean answers(int port) throws InterruptedException {
    var deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < deadline) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    return false;
  }
}
