package pledge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes on what goes to AWS, byte by byte, until its connections are cut. */
final class Wire implements AutoCloseable {
  private final URI aws;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  Wire(URI aws) throws IOException {
    this.aws = aws;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  /** The settings that lead a function here. */
  Map<String, String> settings() {
    var address = "http://127.0.0.1:" + server.getLocalPort();
    return Map.of("AWS_ENDPOINT_URL_DYNAMODB", address, "AWS_ENDPOINT_URL_KMS", address);
  }

  /** Ends every connection, as none outlives the time that a snapshot lies. */
  void cut() {
    open.forEach(Wire::close);
    open.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  private void accept() {
    try {
      while (true) {
        var here = opened(server.accept());
        var there = opened(new Socket(aws.getHost(), aws.getPort()));
        pass(here, there);
        pass(there, here);
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Socket opened(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    open.add(socket);
    return socket;
  }

  private void pass(Socket from, Socket to) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (from;
                  to) {
                from.getInputStream().transferTo(to.getOutputStream());
              } catch (IOException e) {
                // Cut.
              }
            });
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
