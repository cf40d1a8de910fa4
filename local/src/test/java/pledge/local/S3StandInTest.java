package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

final class S3StandInTest implements S3Contract {
  private static final String TEMPLATE =
      """
      Transform: AWS::Serverless-2016-10-31
      Resources:
        Copies:
          Type: AWS::S3::Bucket
          Properties:
            LifecycleConfiguration: { Rules: [{ Status: Enabled, ExpirationInDays: 2 }] }
      """;

  @TempDir private Path folder;
  private Machine machine;
  private S3Client s3;

  @BeforeEach
  void start() throws IOException {
    var template = Files.writeString(folder.resolve("template.yaml"), TEMPLATE);
    machine =
        Machine.start(
            Options.inMemory()
                .withTemplate(template)
                .withClockAt(Instant.parse("2026-11-21T09:30:00Z")));
    s3 = client(machine.aws());
  }

  static S3Client client(URI address) {
    return S3Client.builder()
        .endpointOverride(address)
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(Sample.CREDENTIALS)
        .httpClient(UrlConnectionHttpClient.create())
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .serviceConfiguration(settings -> settings.chunkedEncodingEnabled(false))
        .build();
  }

  @AfterEach
  void stop() {
    s3.close();
    machine.close();
  }

  @Override
  public S3Client s3() {
    return s3;
  }

  @Override
  public String bucket() {
    return "Copies";
  }

  @Test
  void removesAnObjectAtTheMidnightAfterItsDays() {
    s3.putObject(request -> request.bucket("Copies").key("a"), RequestBody.fromString("x"));
    machine.clock().advance(Duration.ofDays(2).plusHours(14));
    machine.settle();
    assertThat(machine.buckets().objects("Copies")).hasSize(1);

    machine.clock().advance(Duration.ofMinutes(30));
    machine.settle();

    assertThat(machine.buckets().objects("Copies")).isEmpty();
  }

  @Test
  void takesNoBodyThatIsNotTheOneThatWasSigned() throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(machine.aws().resolve("/Copies/a"))
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=local/20261121/eu-central-1/s3/aws4_request,"
                    + " SignedHeaders=host, Signature=0")
            .header("x-amz-content-sha256", "0".repeat(64))
            .PUT(BodyPublishers.ofString("another"))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      var answer = client.send(request, BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("XAmzContentSHA256Mismatch");
    }
    assertThat(machine.buckets().objects("Copies")).isEmpty();
  }

  @Test
  void refusesWhatItDoesNotDo() {
    assertThatThrownBy(() -> s3.createBucket(request -> request.bucket("more")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isIn(404, 501));
  }

  @Test
  void isAskedTooMuchWhenATestSaysSo() {
    machine.buckets().failNext(10);

    assertThatThrownBy(
            () ->
                s3.putObject(
                    request -> request.bucket("Copies").key("a"), RequestBody.fromString("x")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(503));
  }

  @Test
  void keepsObjectsOverARestart(@TempDir Path data) throws IOException {
    var options =
        Options.persistent(data, 0)
            .withTemplate(Files.writeString(folder.resolve("template.yaml"), TEMPLATE));
    try (var first = Machine.start(options)) {
      first.buckets().write("Copies", "a/1", new byte[] {1});
    }

    try (var second = Machine.start(options)) {
      assertThat(second.buckets().read("Copies", "a/1")).contains(new byte[] {1});
    }
  }
}
