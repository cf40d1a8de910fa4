package pledge.notice;

import java.time.Duration;
import pledge.store.Backend;
import pledge.subject.Notices;
import pledge.vault.Environment;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.sesv2.SesV2Client;

/** What this function is made of. */
record Wiring(NoticeSender sender) {
  /**
   * What SES refused is asked again at once. What it did not answer may be on its way, so it is
   * given time, and then left to the queue.
   */
  private static final ClientOverrideConfiguration ONE_MAIL_ONCE =
      ClientOverrideConfiguration.builder()
          .apiCallAttemptTimeout(Duration.ofSeconds(10))
          .apiCallTimeout(Duration.ofSeconds(12))
          .retryStrategy(
              StandardRetryStrategy.builder()
                  .maxAttempts(3)
                  .retryOnException(
                      e ->
                          e instanceof SdkServiceException refusal
                              && (refusal.isThrottlingException() || refusal.statusCode() >= 500))
                  .build())
          .build();

  static Wiring of(Environment environment) {
    var ses =
        environment
            .configure(SesV2Client.builder(), "SESV2", Environment.httpClient())
            .overrideConfiguration(ONE_MAIL_ONCE)
            .build();
    return new Wiring(
        new NoticeSender(
            new Notices(Backend.of(environment), environment.clock()),
            new SesMails(ses, environment.setting("MAIL_FROM")),
            new Letters(environment.setting("BASE_URL"))));
  }
}
