package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** One KMS key: its material, which never leaves it, and its state. */
final class KmsKey {
  static final String SYMMETRIC = "SYMMETRIC_DEFAULT";
  static final String SIGNING = "ECC_NIST_P256";
  private static final byte FORMAT = 1;
  private static final int KEY_ID_BYTES = 16;
  private static final int IV_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** As KMS names them. */
  enum State {
    ENABLED("Enabled"),
    DISABLED("Disabled"),
    PENDING_DELETION("PendingDeletion");

    private final String wireName;

    State(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }
  }

  private final String logicalId;
  private final String spec;
  private final byte[] secret;
  private final byte[] publicKey;
  private State state = State.ENABLED;
  private @Nullable Instant deletion;

  private KmsKey(String logicalId, String spec, byte[] secret, byte[] publicKey) {
    this.logicalId = logicalId;
    this.spec = spec;
    this.secret = secret;
    this.publicKey = publicKey;
  }

  static KmsKey generate(KeyDefinition definition) {
    return switch (definition.spec()) {
      case SYMMETRIC -> new KmsKey(definition.id(), SYMMETRIC, random(32), new byte[0]);
      case SIGNING -> {
        var pair = keyPair();
        yield new KmsKey(
            definition.id(),
            SIGNING,
            pair.getPrivate().getEncoded(),
            pair.getPublic().getEncoded());
      }
      default ->
          throw new MachineException(
              "The key "
                  + definition.id()
                  + " has the spec "
                  + definition.spec()
                  + ", which the local machine does not know.");
    };
  }

  static KmsKey read(String logicalId, JsonNode kept) {
    var key =
        new KmsKey(
            logicalId,
            kept.path("spec").asText(),
            Base64.getDecoder().decode(kept.path("secret").asText()),
            Base64.getDecoder().decode(kept.path("public").asText()));
    key.state = State.valueOf(kept.path("state").asText());
    key.deletion = kept.has("deletion") ? Instant.parse(kept.path("deletion").asText()) : null;
    return key;
  }

  JsonNode toJson() {
    var kept =
        Json.object()
            .put("spec", spec)
            .put("secret", Base64.getEncoder().encodeToString(secret))
            .put("public", Base64.getEncoder().encodeToString(publicKey))
            .put("state", state.name());
    if (deletion != null) {
      kept.put("deletion", deletion.toString());
    }
    return kept;
  }

  String logicalId() {
    return logicalId;
  }

  String arn() {
    return Names.keyArn(logicalId);
  }

  String spec() {
    return spec;
  }

  State state() {
    return state;
  }

  @Nullable Instant deletion() {
    return deletion;
  }

  byte[] publicKey() {
    return publicKey.clone();
  }

  void become(State next, @Nullable Instant deletionAt) {
    state = next;
    deletion = deletionAt;
  }

  /** Refuses to be used unless the key is enabled. */
  KmsKey usable() {
    return switch (state) {
      case ENABLED -> this;
      case DISABLED -> throw new KmsException("DisabledException", arn() + " is disabled.");
      case PENDING_DELETION ->
          throw new KmsException("KMSInvalidStateException", arn() + " is pending deletion.");
    };
  }

  KmsKey forUse(String wantedSpec) {
    if (!spec.equals(wantedSpec)) {
      throw new KmsException(
          "InvalidKeyUsageException", arn() + " key usage is not valid for this operation.");
    }
    return this;
  }

  byte[] encrypt(byte[] plaintext, Map<String, String> context) {
    var iv = random(IV_BYTES);
    var sealed = cipher(Cipher.ENCRYPT_MODE, iv, context, plaintext);
    var id = UUID.fromString(Names.keyId(logicalId));
    return ByteBuffer.allocate(1 + KEY_ID_BYTES + IV_BYTES + sealed.length)
        .put(FORMAT)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .put(iv)
        .put(sealed)
        .array();
  }

  byte[] decrypt(byte[] blob, Map<String, String> context) {
    var buffer = ByteBuffer.wrap(blob).position(1 + KEY_ID_BYTES);
    var iv = new byte[IV_BYTES];
    buffer.get(iv);
    var sealed = new byte[buffer.remaining()];
    buffer.get(sealed);
    return cipher(Cipher.DECRYPT_MODE, iv, context, sealed);
  }

  /** The id of the key that made a ciphertext. */
  static String keyIdOf(byte[] blob) {
    if (blob.length < 1 + KEY_ID_BYTES + IV_BYTES + TAG_BITS / 8 || blob[0] != FORMAT) {
      throw invalidCiphertext();
    }
    var buffer = ByteBuffer.wrap(blob, 1, KEY_ID_BYTES);
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }

  byte[] sign(byte[] message, boolean isDigest) {
    try {
      var signature = Signature.getInstance(isDigest ? "NONEwithECDSA" : "SHA256withECDSA");
      PrivateKey key =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(secret));
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean verify(byte[] message, boolean isDigest, byte[] signed) {
    try {
      var signature = Signature.getInstance(isDigest ? "NONEwithECDSA" : "SHA256withECDSA");
      PublicKey key =
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(publicKey));
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(signed);
    } catch (java.security.SignatureException _) {
      return false; // not even the shape of a signature
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] random(int length) {
    var bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  static KmsException invalidCiphertext() {
    return new KmsException("InvalidCiphertextException", "");
  }

  private byte[] cipher(int mode, byte[] iv, Map<String, String> context, byte[] input) {
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(TAG_BITS, iv));
      // Sorted, so that the order in which the caller named the pairs does not matter.
      cipher.updateAAD(Json.text(Json.of(new TreeMap<>(context))).getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(input);
    } catch (AEADBadTagException _) {
      throw invalidCiphertext();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keyPair() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
