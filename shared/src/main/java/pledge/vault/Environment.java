package pledge.vault;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * All that a function is given from outside: its settings and its clock. Clients of AWS are made
 * here, with everything said explicitly, because each default that the SDK looks for costs a cold
 * start.
 *
 * @param settings the environment variables
 * @param clock every time in the product comes from it
 */
public record Environment(Map<String, String> settings, InstantSource clock) {
  /** The function's real environment, on Lambda. */
  public static Environment ofProcess() {
    return new Environment(System.getenv(), InstantSource.system());
  }

  /**
   * A setting that must be there.
   *
   * @throws IllegalStateException naming the setting that is missing, at start, before anybody
   *     waits for an answer
   */
  public String setting(String name) {
    return optional(name)
        .orElseThrow(() -> new IllegalStateException("the setting " + name + " is missing"));
  }

  /** A setting with a default. */
  public Optional<String> optional(String name) {
    return Optional.ofNullable(settings.get(name)).filter(value -> !value.isEmpty());
  }

  /** The HTTP client that all AWS clients of a function share. */
  public static SdkHttpClient httpClient() {
    return AwsCrtHttpClient.builder()
        .connectionTimeout(Duration.ofSeconds(2))
        .maxConcurrency(8)
        .build();
  }

  public DynamoDbClient dynamo(SdkHttpClient http) {
    return configure(DynamoDbClient.builder(), "DYNAMODB", http).build();
  }

  public KmsClient kms(SdkHttpClient http) {
    return configure(KmsClient.builder(), "KMS", http).build();
  }

  /**
   * Gives a client's builder what all of them have: region, credentials, endpoint, patience.
   *
   * @param service the service's name in the SDK's own setting {@code AWS_ENDPOINT_URL_…}
   */
  public <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configure(
      B builder, String service, SdkHttpClient http) {
    builder
        .httpClient(http)
        .region(Region.of(setting("AWS_REGION")))
        .credentialsProvider(credentials())
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                // A caller waits 29 s at most; one slow answer must leave room for another try.
                .apiCallAttemptTimeout(Duration.ofSeconds(2))
                .apiCallTimeout(Duration.ofSeconds(6))
                .retryStrategy(
                    DefaultRetryStrategy.standardStrategyBuilder().maxAttempts(3).build())
                .build());
    optional("AWS_ENDPOINT_URL_" + service)
        .ifPresent(endpoint -> builder.endpointOverride(URI.create(endpoint)));
    return builder;
  }

  /**
   * Under SnapStart a snapshot outlives its credentials, so Lambda hands out fresh ones at a local
   * address; otherwise they stand in the environment and live as long as we do.
   */
  private AwsCredentialsProvider credentials() {
    if (optional("AWS_CONTAINER_CREDENTIALS_FULL_URI").isPresent()) {
      return ContainerCredentialsProvider.create();
    }
    var id = setting("AWS_ACCESS_KEY_ID");
    var secret = setting("AWS_SECRET_ACCESS_KEY");
    return StaticCredentialsProvider.create(
        optional("AWS_SESSION_TOKEN")
            .<AwsCredentials>map(token -> AwsSessionCredentials.create(id, secret, token))
            .orElseGet(() -> AwsBasicCredentials.create(id, secret)));
  }
}
