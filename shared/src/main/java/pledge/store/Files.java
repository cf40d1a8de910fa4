package pledge.store;

import java.util.Optional;
import pledge.vault.Environment;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * What is too large for a record: objects of a bucket, each sealed before it comes here.
 *
 * <p>Every method throws {@link UnavailableException} where S3 cannot answer for now.
 */
public final class Files {
  private final S3Client s3;
  private final String bucket;

  private Files(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /**
   * As the function's settings say.
   *
   * @param setting that names the bucket
   */
  public static Files of(Environment environment, String setting) {
    var s3 =
        environment
            .configure(S3Client.builder(), "S3", Environment.httpClient())
            // What lies there proves itself when it is opened; an object is sent whole.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(s3Settings -> s3Settings.chunkedEncodingEnabled(false))
            .build();
    return new Files(s3, environment.setting(setting));
  }

  /** Puts an object into its place, whole or not at all. */
  public void put(String name, byte[] sealed) {
    try {
      s3.putObject(request -> request.bucket(bucket).key(name), RequestBody.fromBytes(sealed));
    } catch (SdkException e) {
      throw new UnavailableException("S3", e);
    }
  }

  /** What lies there; empty where nothing does. */
  public Optional<byte[]> get(String name) {
    try {
      return Optional.of(s3.getObjectAsBytes(request -> request.bucket(bucket).key(name)))
          .map(ResponseBytes::asByteArray);
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw new UnavailableException("S3", e);
    }
  }

  /** Deletes every object whose name begins so, and looks again whether one is left. */
  public boolean deleteAll(String prefix) {
    try {
      s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
          .contents()
          .forEach(object -> s3.deleteObject(it -> it.bucket(bucket).key(object.key())));
      return s3.listObjectsV2(request -> request.bucket(bucket).prefix(prefix).maxKeys(1))
          .contents()
          .isEmpty();
    } catch (SdkException e) {
      throw new UnavailableException("S3", e);
    }
  }
}
