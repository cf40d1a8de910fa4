package pledge.local;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketLocationConstraint;

/**
 * The same contract held by somebody else's S3: what our stand-in is tested for is not our own idea
 * of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class S3MotoTest implements S3Contract {
  private Moto moto;
  private S3Client s3;
  private String bucket;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    moto = Moto.start();
    s3 = S3StandInTest.client(moto.address());
  }

  @BeforeEach
  void makeBucket() {
    bucket = "copies-" + UUID.randomUUID();
    s3.createBucket(
        request ->
            request
                .bucket(bucket)
                .createBucketConfiguration(
                    it -> it.locationConstraint(BucketLocationConstraint.EU_CENTRAL_1)));
  }

  @AfterAll
  void stop() {
    if (s3 != null) {
      s3.close();
    }
    if (moto != null) {
      moto.close();
    }
  }

  @Override
  public S3Client s3() {
    return s3;
  }

  @Override
  public String bucket() {
    return bucket;
  }
}
