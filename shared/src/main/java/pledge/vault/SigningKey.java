package pledge.vault;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/**
 * A key of KMS that signs (ECC_NIST_P256): it never leaves KMS, and whoever has its public half can
 * check what it signed without us.
 */
public final class SigningKey {
  /** Bytes of each half of a signature. */
  private static final int HALF = 32;

  private final KmsClient kms;
  private final String keyId;

  SigningKey(KmsClient kms, String keyId) {
    this.kms = kms;
    this.keyId = keyId;
  }

  /**
   * Signs with ECDSA over SHA-256.
   *
   * @return 64 bytes, R and S, as JSON Web Signatures have it for ES256 (RFC 7518 §3.4)
   * @throws UnavailableException where KMS refuses, is slow, or throttles
   */
  public byte[] sign(byte[] message) {
    try {
      var answer =
          kms.sign(
              request ->
                  request
                      .keyId(keyId)
                      .messageType(MessageType.DIGEST)
                      .message(SdkBytes.fromByteArray(Secrets.sha256(message)))
                      .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256));
      return halves(answer.signature().asByteArray());
    } catch (SdkException e) {
      throw new UnavailableException("KMS", e);
    }
  }

  /**
   * The public half, as a SubjectPublicKeyInfo in DER (RFC 5480).
   *
   * @throws UnavailableException where KMS refuses, is slow, or throttles
   */
  public byte[] publicKey() {
    try {
      return kms.getPublicKey(request -> request.keyId(keyId)).publicKey().asByteArray();
    } catch (SdkException e) {
      throw new UnavailableException("KMS", e);
    }
  }

  /** KMS answers a SEQUENCE of two INTEGERs in DER (RFC 3279 §2.2.3). */
  static byte[] halves(byte[] der) {
    var in = ByteBuffer.wrap(der).position(2);
    return ByteBuffer.allocate(2 * HALF).put(integer(in)).put(integer(in)).array();
  }

  private static byte[] integer(ByteBuffer in) {
    if (in.get() != 0x02) {
      throw new IllegalArgumentException("no signature in DER");
    }
    var bytes = new byte[in.get()];
    in.get(bytes);
    var number = new BigInteger(1, bytes).toByteArray();
    var half = new byte[HALF];
    var length = Math.min(HALF, number.length);
    System.arraycopy(
        Arrays.copyOfRange(number, number.length - length, number.length),
        0,
        half,
        HALF - length,
        length);
    return half;
  }
}
