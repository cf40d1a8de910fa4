package pledge.vault;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;

/**
 * Data keys of 256 bits, made and opened by KMS. The encryption context stands in clear in
 * CloudTrail: opaque ids only.
 */
final class DataKeys {
  private final KmsClient kms;
  private final String keyId;

  DataKeys(KmsClient kms, String keyId) {
    this.kms = kms;
    this.keyId = keyId;
  }

  String keyId() {
    return keyId;
  }

  /** A data key in clear, for use, and wrapped, for keeping. */
  record DataKey(byte[] clear, byte[] wrapped) {}

  /**
   * Makes a data key.
   *
   * @throws UnavailableException where KMS refuses, is slow, or throttles
   */
  DataKey generate(Map<String, String> context) {
    try {
      var answer =
          kms.generateDataKey(
              request ->
                  request.keyId(keyId).keySpec(DataKeySpec.AES_256).encryptionContext(context));
      return new DataKey(answer.plaintext().asByteArray(), answer.ciphertextBlob().asByteArray());
    } catch (SdkException e) {
      throw new UnavailableException("KMS", e);
    }
  }

  /**
   * Opens a wrapped key.
   *
   * @return empty where it was wrapped for another context
   * @throws UnavailableException where KMS refuses, is slow, or throttles
   */
  Optional<byte[]> open(byte[] wrapped, Map<String, String> context) {
    return open(wrapped, context, List.of());
  }

  /**
   * The same, by tokens of grants.
   *
   * @throws UnavailableException also where no grant allows it any more
   */
  Optional<byte[]> open(byte[] wrapped, Map<String, String> context, List<String> grantTokens) {
    try {
      return Optional.of(
          kms.decrypt(
                  request ->
                      request
                          .keyId(keyId)
                          .ciphertextBlob(SdkBytes.fromByteArray(wrapped))
                          .encryptionContext(context)
                          .grantTokens(grantTokens.isEmpty() ? null : grantTokens))
              .plaintext()
              .asByteArray());
    } catch (InvalidCiphertextException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw new UnavailableException("KMS", e);
    }
  }
}
