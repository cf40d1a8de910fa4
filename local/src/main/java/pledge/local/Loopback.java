package pledge.local;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** One address on the loopback interface, and what answers there. */
final class Loopback implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  /** The HTTP API's limit on request line and headers together. */
  private static final int HEADER_BYTES = 10_240;

  private final Server server;
  private final ServerConnector connector;

  private Loopback(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Takes a port, so that its address is known; nothing is answered until {@link #serve}.
   *
   * @param port zero for any that is free
   * @throws MachineException if the port is taken
   */
  static Loopback open(String name, int port) {
    Quiet.please();
    var threads = new QueuedThreadPool();
    threads.setName(name);
    threads.setDaemon(true);
    var server = new Server(threads);
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(HEADER_BYTES);
    // The path is passed on as it came, %2F and all: the HTTP API does so too.
    http.setUriCompliance(UriCompliance.UNSAFE);
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(HOST);
    connector.setPort(port);
    server.addConnector(connector);
    try {
      connector.open();
    } catch (IOException e) {
      // "In use" and "not permitted", as the system says it, wrapped once by Jetty.
      var cause = e.getCause() == null ? e : e.getCause();
      var why = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      throw new MachineException(
          "Port "
              + port
              + (why.contains("in use") ? " is in use" : " cannot be opened (" + why + ")")
              + ": choose another with --port.",
          e);
    }
    return new Loopback(server, connector);
  }

  /** By number: no name to look up, no second address to try. */
  URI address() {
    return URI.create("http://" + HOST + ":" + connector.getLocalPort());
  }

  /** By name: browsers keep Secure cookies for {@code http://localhost}. */
  URI addressForBrowsers() {
    return URI.create("http://localhost:" + connector.getLocalPort());
  }

  /** Begins to answer. */
  void serve(Handler handler) {
    server.setHandler(handler);
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a Jetty handler of a site. */
  static Handler handler(Site site) {
    return new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback)
          throws Exception {
        write(site.answer(read(request)), response, callback);
        return true;
      }
    };
  }

  static Call read(Request request) throws IOException {
    var headers = new ArrayList<Map.Entry<String, String>>();
    request
        .getHeaders()
        .forEach(
            field ->
                headers.add(
                    Map.entry(field.getName(), field.getValue() == null ? "" : field.getValue())));
    var uri = request.getHttpURI();
    try (var body = Content.Source.asInputStream(request)) {
      return new Call(
          request.getMethod(),
          uri.getPath(),
          uri.getQuery() == null ? "" : uri.getQuery(),
          List.copyOf(headers),
          body.readAllBytes(),
          request.getConnectionMetaData().getHttpVersion().asString(),
          Request.getRemoteAddr(request));
    }
  }

  static void write(Answer answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    HttpFields.Mutable headers = response.getHeaders();
    answer.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
  }

  @Override
  public void close() {
    try {
      server.stop();
      connector.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
