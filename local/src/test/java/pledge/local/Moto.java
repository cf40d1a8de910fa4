package pledge.local;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;

/** {@code moto_server}, an emulator of AWS that nobody here wrote, where it is installed. */
record Moto(Process server, URI address) implements AutoCloseable {
  /**
   * Starts it; where it is not installed, tests that need it are skipped.
   *
   * @throws IllegalStateException if it is installed and does not start
   */
  static Moto start() throws IOException, InterruptedException {
    var command =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(folder -> new File(folder, "moto_server"))
            .filter(File::canExecute)
            .findFirst();
    if (command.isEmpty()) {
      abort("SKIPPED: moto_server is not on the PATH (pip install 'moto[server]')");
    }
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var server =
        new ProcessBuilder(
                command.orElseThrow().getPath(), "-H", "127.0.0.1", "-p", Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    var moto = new Moto(server, URI.create("http://127.0.0.1:" + port));
    for (var attempt = 0; attempt < 600 && server.isAlive(); attempt++) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return moto;
        }
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    moto.close();
    throw new IllegalStateException("moto_server is installed and does not start");
  }

  @Override
  public void close() {
    server.descendants().forEach(ProcessHandle::destroy);
    server.destroy();
  }
}
