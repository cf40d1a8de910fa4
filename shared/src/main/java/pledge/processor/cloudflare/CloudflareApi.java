package pledge.processor.cloudflare;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import pledge.processor.AssistantHost.NoAnswerException;
import pledge.processor.AssistantHost.RefusedException;
import pledge.vault.Json;
import pledge.vault.UnavailableException;

/**
 * One call after the other, none of them twice: what a call changes may have been done though no
 * answer came, and whoever asked knows what to look at then.
 */
final class CloudflareApi {
  private static final String NAME = "Cloudflare";
  private static final Duration TO_CONNECT = Duration.ofSeconds(2);
  private static final Duration TO_ANSWER = Duration.ofSeconds(8);
  private static final int TOO_MANY = 429;
  private static final int NOT_FOUND = 404;
  private static final Set<String> OURSELVES = Set.of("127.0.0.1", "localhost");

  private final HttpClient http;

  CloudflareApi() {
    http =
        HttpClient.newBuilder()
            .connectTimeout(TO_CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslParameters(tls())
            .build();
  }

  /** The floor of {@code encrypted-in-transit}. */
  static SSLParameters tls() {
    var tls = new SSLParameters();
    tls.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    return tls;
  }

  /**
   * An address that may be called.
   *
   * @throws IllegalStateException where what is sent there could be read on its way
   */
  static String checked(String address) {
    var uri = URI.create(address.replace("{script}", "script"));
    if (!"https".equals(uri.getScheme()) && !OURSELVES.contains(uri.getHost())) {
      throw new IllegalStateException("an address of Cloudflare's does not begin with https");
    }
    return address;
  }

  /**
   * What it answered.
   *
   * @param codes why not
   */
  record Answered(int status, Map<String, Object> body, List<Integer> codes) {
    boolean isDone() {
      return status >= 200 && status < 300 && codes.isEmpty();
    }

    /** Whether it said, in so many words, that there is no such thing. */
    boolean isMissing(Set<Integer> meaning) {
      return status == NOT_FOUND && codes.stream().anyMatch(meaning::contains);
    }

    RefusedException refusal() {
      return new RefusedException(NAME, status, codes);
    }

    /** The answer, unless it was a refusal. */
    Answered done() {
      if (!isDone()) {
        throw refusal();
      }
      return this;
    }
  }

  /** Asks, and reads the answer whole. */
  Answered call(String method, String url, String token, String type, BodyPublisher body) {
    var answer = send(method, url, token, type, body, BodyHandlers.ofString());
    var text = answer.body();
    if (text.isEmpty()) {
      return new Answered(answer.statusCode(), Map.of(), List.of());
    }
    try {
      var read = Json.object(Json.MAPPER.fromJson(text));
      return new Answered(answer.statusCode(), read, codes(read));
    } catch (RuntimeException e) {
      // A page of some proxy's, in the place of an answer.
      throw new RefusedException(NAME, answer.statusCode(), List.of());
    }
  }

  /** Asks; what comes is read by the handler. */
  <T> HttpResponse<T> send(
      String method,
      String url,
      String token,
      String type,
      BodyPublisher body,
      BodyHandler<T> handler) {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(TO_ANSWER)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .method(method, body)
            .build();
    try {
      var answer = http.send(request, handler);
      if (answer.statusCode() == TOO_MANY || answer.statusCode() >= 500) {
        throw new UnavailableException(
            NAME, new RefusedException(NAME, answer.statusCode(), List.of()));
      }
      return answer;
    } catch (IOException e) {
      throw new UnavailableException(NAME, new NoAnswerException(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException(NAME, new NoAnswerException(new IOException(e)));
    }
  }

  /** Their words may repeat what was sent: numbers alone go on. */
  private static List<Integer> codes(Map<String, Object> body) {
    var codes = new ArrayList<Integer>();
    if (body.get("errors") instanceof List<?> errors) {
      for (var error : errors) {
        codes.add(
            error instanceof Map<?, ?> map && map.get("code") instanceof Number code
                ? code.intValue()
                : 0);
      }
    }
    if (codes.isEmpty() && Boolean.FALSE.equals(body.get("success"))) {
      codes.add(0);
    }
    return codes;
  }
}
