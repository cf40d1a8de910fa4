package pledge.local;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * The same contract held by somebody else's KMS: what our stand-in is tested for is not our own
 * idea of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KmsMotoTest implements KmsContract {
  private Process server;
  private KmsClient kms;
  private String key;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    var command =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(folder -> new File(folder, "moto_server"))
            .filter(File::canExecute)
            .findFirst();
    if (command.isEmpty()) {
      abort("SKIPPED: moto_server is not on the PATH (pip install 'moto[server]')");
    }
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server =
        new ProcessBuilder(command.get().getPath(), "-H", "127.0.0.1", "-p", Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    kms =
        KmsClient.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + port))
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(Sample.CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    awaitListening(port);
  }

  @BeforeEach
  void makeKey() {
    // By id: moto does not find a key to delete by its ARN.
    key = kms.createKey().keyMetadata().keyId();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.destroy();
    }
  }

  @Override
  public KmsClient kms() {
    return kms;
  }

  @Override
  public String key() {
    return key;
  }

  private void awaitListening(int port) throws InterruptedException {
    for (var i = 0; i < 300; i++) {
      if (!server.isAlive()) {
        abort("SKIPPED: moto_server ended at once (is moto[server] installed?)");
      }
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    abort("SKIPPED: moto_server did not listen within 30 s");
  }
}
