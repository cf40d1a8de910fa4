package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signed by the AWS SDK and by curl, neither of which knows our code. */
final class IamAuthorizerTest {
  private static Machine machine;

  private AwsCredentialsIdentity who = AwsCredentialsIdentity.create("local", "local");
  private String region = "eu-central-1";
  private String service = "execute-api";
  private Instant when = Instant.now();

  @BeforeAll
  static void start() {
    machine = Sample.start();
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/staff/things",
        "/staff/a%2Fb%20c",
        "/staff/~-._/x",
        "/staff/x?b=2&a=1",
        "/staff/x?a=%20%2B%2F&a=&A=1",
        "/staff/x?empty"
      })
  void admitsWhatTheSdkSigned(String path) {
    assertThat(send("GET", path, "").statusCode()).isEqualTo(200);
    assertThat(send("PATCH", path, "{\"some\": \"body, é\"}").statusCode()).isEqualTo(200);
  }

  @Test
  void tellsTheFunctionWhoCalled() {
    var event = Json.parse(send("GET", "/staff/things", "").body()).path("event");

    assertThat(event.at("/requestContext/authorizer"))
        .isEqualTo(
            Json.parse(
                """
                {"iam": {"accessKey": "local", "accountId": "000000000000", "callerId": "LOCAL",
                  "cognitoIdentity": null, "principalOrgId": null,
                  "userArn": "arn:aws:iam::000000000000:user/local", "userId": "LOCAL"}}
                """));
  }

  @Test
  void tellsOneCallerFromTheOther() {
    who = AwsCredentialsIdentity.create("other", "other");
    var event = Json.parse(send("GET", "/staff/things", "").body()).path("event");

    assertThat(event.at("/requestContext/authorizer/iam/userId").asText()).isEqualTo("OTHER");
    who = AwsCredentialsIdentity.create("other", "local");
    assertThat(send("GET", "/staff/things", "").statusCode()).isEqualTo(403);
  }

  @Test
  void saysNothingOfACallerWhereNoneIsAskedFor() {
    var event = Json.parse(send("GET", "/", "").body()).path("event");

    assertThat(event.at("/requestContext").has("authorizer")).isFalse();
  }

  @Test
  void refusesWhatIsNotSigned() {
    assertForbidden(Sample.get(address("/staff/things")));
  }

  @Test
  void refusesAnotherSecret() {
    who = AwsCredentialsIdentity.create("local", "guessed");

    assertForbidden(send("GET", "/staff/things", ""));
  }

  @Test
  void refusesAnotherCaller() {
    who = AwsCredentialsIdentity.create("stranger", "local");

    assertForbidden(send("GET", "/staff/things", ""));
  }

  @ParameterizedTest
  @CsvSource({"us-east-1, execute-api", "eu-central-1, dynamodb"})
  void refusesWhatWasSignedForElsewhere(String otherRegion, String otherService) {
    region = otherRegion;
    service = otherService;

    assertForbidden(send("GET", "/staff/things", ""));
  }

  @ParameterizedTest
  @CsvSource({"-290, 200", "290, 200", "-320, 403", "320, 403"})
  void takesASignatureForFiveMinutesOfRealTime(int seconds, int status) {
    when = Instant.now().plusSeconds(seconds);
    machine.clock().advance(Duration.ofHours(1));

    assertThat(send("GET", "/staff/things", "").statusCode()).isEqualTo(status);
  }

  @Test
  void refusesWhatWasAlteredOnItsWay() {
    assertForbidden(
        send("POST", "/staff/things", "{}", signed -> signed.method(SdkHttpMethod.PUT), "{}"));
    assertForbidden(
        send("POST", "/staff/things", "{}", signed -> signed.encodedPath("/staff/others"), "{}"));
    assertForbidden(
        send(
            "POST",
            "/staff/things",
            "{}",
            signed -> signed.putRawQueryParameter("all", "yes"),
            "{}"));
    assertForbidden(send("POST", "/staff/things", "{}", signed -> signed, "{ }"));
    assertForbidden(
        send(
            "POST",
            "/staff/things",
            "{}",
            signed -> signed.putHeader("X-Amz-Unsigned", "added"),
            "{}"));
    assertForbidden(
        send(
            "POST",
            "/staff/things",
            "{}",
            signed ->
                signed.putHeader(
                    "Authorization",
                    signed.firstMatchingHeader("Authorization").orElseThrow() + "0"),
            "{}"));
  }

  @Test
  void admitsCurl(@TempDir Path folder) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl");

    assertThat(curl(folder, "local:local", "/staff/incidents")).isEqualTo("200");
    assertThat(
            curl(
                folder,
                "local:local",
                "/staff/incidents/0123456789_-abcdef",
                "-X",
                "PATCH",
                "-H",
                "content-type: application/json",
                "-d",
                "{\"closed\": true}"))
        .isEqualTo("200");
    assertThat(curl(folder, "local:wrong", "/staff/incidents")).isEqualTo("403");
  }

  @ParameterizedTest
  @CsvSource({"EnableIamAuthorizer: true, EnableIamAuthorizer: false", "AWS_IAM, SomeJwt"})
  void refusesATemplateThatAsksForMore(String from, String to, @TempDir Path folder)
      throws IOException {
    var template = folder.resolve("template.yaml");
    Files.writeString(template, Files.readString(Sample.TEMPLATE).replace(from, to));

    assertThatThrownBy(() -> Machine.start(Sample.options().withTemplate(template)))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("EchoFunction has a route with the authorizer");
  }

  private static String curl(Path folder, String user, String path, String... more)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                "curl",
                "-s",
                "-o",
                folder.resolve("body").toString(),
                "-w",
                "%{http_code}",
                "--aws-sigv4",
                "aws:amz:eu-central-1:execute-api",
                "--user",
                user));
    command.addAll(List.of(more));
    command.add(address(path).toString());
    var process = new ProcessBuilder(command).start();
    var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return printed;
  }

  private static void assertForbidden(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Forbidden\"}");
  }

  private HttpResponse<String> send(String method, String path, String body) {
    return send(method, path, body, signed -> signed, body);
  }

  /** Signs a request, lets it be altered, and sends it. */
  private HttpResponse<String> send(
      String method,
      String path,
      String body,
      UnaryOperator<SdkHttpRequest.Builder> change,
      String sent) {
    var request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(method))
            .uri(address(path))
            .putHeader("X-Spaced", " a   b ")
            .build();
    var signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(who)
                        .request(request)
                        .payload(ContentStreamProvider.fromUtf8String(body))
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(when, ZoneOffset.UTC)));
    var altered = change.apply(signed.request().toBuilder()).build();
    return Sample.send(
        altered.getUri(),
        to -> {
          to.method(altered.method().name(), BodyPublishers.ofString(sent));
          altered.forEachHeader(
              (name, values) -> {
                // The client says itself where it goes.
                if (!name.equalsIgnoreCase("host")) {
                  values.forEach(value -> to.header(name, value));
                }
              });
        });
  }

  private static URI address(String path) {
    return URI.create(machine.api() + path);
  }
}
