package pledge.local;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * The same contract held by somebody else's KMS: what our stand-in is tested for is not our own
 * idea of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KmsMotoTest implements KmsContract {
  private Moto moto;
  private KmsClient kms;
  private String key;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    moto = Moto.start();
    kms =
        KmsClient.builder()
            .endpointOverride(moto.address())
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(Sample.CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  @BeforeEach
  void makeKey() {
    // By id: moto does not find a key to delete by its ARN.
    key = kms.createKey().keyMetadata().keyId();
  }

  @AfterAll
  void stop() {
    if (moto != null) {
      moto.close();
    }
  }

  @Override
  public KmsClient kms() {
    return kms;
  }

  @Override
  public String key() {
    return key;
  }
}
