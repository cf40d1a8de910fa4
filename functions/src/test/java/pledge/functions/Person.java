package pledge.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import pledge.local.Machine;
import pledge.policy.PolicyDocument;

/** A person with a browser of their own, as far as HTTP goes. */
final class Person {
  static final String USER_AGENT = "Mozilla/5.0 (a test of Pledge)";

  /** Any address of 127.0.0.0/8 reaches the machine: each is a network of its own to it. */
  static final String HOME = "127.0.0.1";

  private static final Map<String, HttpClient> NETWORKS = new ConcurrentHashMap<>();
  private static final Pattern LINK = Pattern.compile("/confirm#([A-Za-z0-9_-]{64})");

  final String name;
  final String email;
  final String password;
  private final Machine machine;
  private final String address;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  Person(Machine machine, String name, String email, String password) {
    this(machine, name, email, password, HOME);
  }

  private Person(Machine machine, String name, String email, String password, String address) {
    this.machine = machine;
    this.name = name;
    this.email = email;
    this.password = password;
    this.address = address;
  }

  /** Somebody with that address. */
  static Person of(Machine machine, String email) {
    return new Person(machine, "Ada Lovelace", email, "correct horse battery staple");
  }

  /** The same person at another browser. */
  Person elsewhere() {
    return at(address);
  }

  /** The same person at another browser, in that network. */
  Person at(String elsewhere) {
    return new Person(machine, name, email, password, elsewhere);
  }

  HttpResponse<String> signUp() {
    var policy = PolicyDocument.ASSISTANT_PRIVACY;
    return send(
        "POST",
        "/signup",
        """
        {"name": "%s", "email": "%s", "password": "%s", "adult": true, "policies": {"%s": "%s"}}\
        """
            .formatted(name, email, password, policy.id(), policy.version()));
  }

  HttpResponse<String> confirm() {
    return confirm(mailedToken().orElseThrow());
  }

  HttpResponse<String> confirm(String token) {
    return confirm(token, password);
  }

  HttpResponse<String> confirm(String token, String typed) {
    return send(
        "POST",
        "/signup/confirmation",
        "{\"token\": \"%s\", \"password\": \"%s\"}".formatted(token, typed));
  }

  /** The token of the newest mail that holds one. */
  Optional<String> mailedToken() {
    machine.settle();
    return newestToken();
  }

  /** The same, among the mails that were sent by now. */
  Optional<String> newestToken() {
    return machine.mailbox().to(email).reversed().stream()
        .map(mail -> LINK.matcher(mail.text()))
        .filter(java.util.regex.Matcher::find)
        .map(link -> link.group(1))
        .findFirst();
  }

  HttpResponse<String> signIn() {
    return signIn(password);
  }

  HttpResponse<String> signIn(String typed) {
    return send(
        "POST", "/session", "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, typed));
  }

  /** Signed up, confirmed, signed in. */
  Person withSession() {
    signUp();
    confirm();
    signIn();
    return this;
  }

  HttpResponse<String> get(String path) {
    return send("GET", path, null);
  }

  /** What is downloaded there. */
  HttpResponse<byte[]> download(String path) {
    return send(
        request("GET", path, BodyPublishers.noBody(), Map.of()),
        address,
        BodyHandlers.ofByteArray());
  }

  HttpResponse<String> delete(String path) {
    return send("DELETE", path, null);
  }

  /** The value of a cookie that this browser holds. */
  Optional<String> cookie(String cookie) {
    return Optional.ofNullable(cookies.get(cookie));
  }

  void setCookie(String cookie, String value) {
    cookies.put(cookie, value);
  }

  HttpResponse<String> send(String method, String path, @Nullable String json) {
    return send(
        method,
        path,
        json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json),
        json == null ? Map.of() : Map.of("content-type", "application/json"));
  }

  /** Sends what a browser sends, with these headers in the place of its own. */
  HttpResponse<String> send(
      String method, String path, BodyPublisher body, Map<String, String> headers) {
    var response = send(request(method, path, body, headers), address, BodyHandlers.ofString());
    for (var line : response.headers().allValues("set-cookie")) {
      var pair = line.substring(0, line.indexOf(';')).split("=", 2);
      if (line.contains("Max-Age=0")) {
        cookies.remove(pair[0]);
      } else {
        cookies.put(pair[0], pair[1]);
      }
    }
    return response;
  }

  private HttpRequest request(
      String method, String path, BodyPublisher body, Map<String, String> headers) {
    var request =
        HttpRequest.newBuilder(URI.create(machine.api() + path))
            .setHeader("user-agent", USER_AGENT)
            .method(method, body);
    headers.forEach(request::setHeader);
    if (!cookies.isEmpty()) {
      request.header(
          "cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    return request.build();
  }

  private static <T> HttpResponse<T> send(
      HttpRequest request, String from, BodyHandler<T> handler) {
    try {
      return NETWORKS.computeIfAbsent(from, Person::network).send(request, handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static HttpClient network(String address) {
    return HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(address)).build();
  }
}
