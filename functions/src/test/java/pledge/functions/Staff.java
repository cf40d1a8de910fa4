package pledge.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import pledge.local.Machine;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** A member of staff, whose requests the AWS SDK signs. */
final class Staff {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Machine machine;
  private final String key;

  Staff(Machine machine) {
    this(machine, "local");
  }

  private Staff(Machine machine, String key) {
    this.machine = machine;
    this.key = key;
  }

  /** Another member of staff. */
  Staff another() {
    return new Staff(machine, "other");
  }

  HttpResponse<String> get(String path) {
    return send("GET", path, "");
  }

  HttpResponse<String> post(String path, String json) {
    return send("POST", path, json);
  }

  HttpResponse<String> patch(String path, String json) {
    return send("PATCH", path, json);
  }

  HttpResponse<String> delete(String path) {
    return send("DELETE", path, "");
  }

  private HttpResponse<String> send(String method, String path, String json) {
    var unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(method))
            .uri(URI.create(machine.api() + path))
            .putHeader("content-type", "application/json")
            .build();
    var signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(AwsCredentialsIdentity.create(key, key))
                        .request(unsigned)
                        .payload(ContentStreamProvider.fromUtf8String(json))
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-1")
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "execute-api"))
            .request();
    var request =
        HttpRequest.newBuilder(signed.getUri()).method(method, BodyPublishers.ofString(json));
    signed.forEachHeader(
        (name, values) -> {
          // The client says itself where it goes.
          if (!name.equalsIgnoreCase("host")) {
            values.forEach(value -> request.header(name, value));
          }
        });
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
