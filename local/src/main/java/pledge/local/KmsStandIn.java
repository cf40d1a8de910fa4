package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * KMS on loopback, by its JSON 1.1 protocol. Encryption context, key states, grants and error types
 * are as the real service has them, and a function's role may do what the template says; key
 * policies, rotation and quotas it does not have.
 */
public final class KmsStandIn implements StandIn {
  /** The prefix of {@code X-Amz-Target}. */
  static final String TARGET = "TrentService.";

  private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
  private static final int MAX_PLAINTEXT = 4096;

  private final KmsKeys keys;
  private final KmsGrants grants;
  private final KmsRoles roles;
  private final URI address;
  private final List<KmsCall> calls = new ArrayList<>();
  private int failures;
  private KmsException failure = new KmsException("KMSInternalException", 500, "");
  private Duration delay = Duration.ZERO;

  KmsStandIn(KmsKeys keys, KmsGrants grants, KmsRoles roles, URI address) {
    this.keys = keys;
    this.grants = grants;
    this.roles = roles;
    this.address = address;
  }

  /** One call that arrived; the context is what CloudTrail would log in clear. */
  public record KmsCall(String operation, Map<String, String> encryptionContext) {}

  @Override
  public String name() {
    return "KMS";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("AWS_ENDPOINT_URL_KMS", address.toString());
  }

  /** Every call since the start or the last {@link #reset}, in order. */
  public synchronized List<KmsCall> calls() {
    return List.copyOf(calls);
  }

  /** Answers the next n calls with an error, such as {@code ThrottlingException} with 400. */
  public synchronized void failNext(int n, String errorType, int status) {
    failures = n;
    failure = new KmsException(errorType, status, "A test asked for this error.");
  }

  /** Lets every call wait. */
  public synchronized void delay(Duration by) {
    delay = by;
  }

  /**
   * Whether a grant is known everywhere from its making on, as it is by itself; else it serves
   * those alone who bring a token of it, as in the first minutes of a grant at AWS.
   */
  public void grantsAreKnown(boolean everywhere) {
    roles.grantsAreKnown(everywhere);
  }

  /** How many grants there are, of all keys. */
  public int grants() {
    return grants.all().size();
  }

  /** No faults any more, nothing recorded; keys and grants stay as they are. */
  public synchronized void reset() {
    roles.grantsAreKnown(true);
    calls.clear();
    failures = 0;
    delay = Duration.ZERO;
  }

  /** Disables the key with the given logical id, as {@code DisableKey} does. */
  public void disable(String logicalId) {
    keys.disable(keys.find(Names.keyId(logicalId)));
  }

  /** Enables it again. */
  public void enable(String logicalId) {
    keys.enable(keys.find(Names.keyId(logicalId)));
  }

  KmsKeys keys() {
    return keys;
  }

  Answer answer(Call call) {
    var operation = call.header("X-Amz-Target").orElse("").substring(TARGET.length());
    try {
      var request = parse(call);
      admit(operation, context(request));
      authorize(call, operation, request);
      return Answer.of(200, CONTENT_TYPE, Json.bytes(carryOut(operation, request)));
    } catch (KmsException e) {
      var body = Json.object().put("__type", e.type()).put("message", e.getMessage());
      return Answer.of(e.status(), CONTENT_TYPE, Json.bytes(body));
    }
  }

  private static JsonNode parse(Call call) {
    try {
      return Json.parse(call.body());
    } catch (IllegalArgumentException e) {
      throw new KmsException("SerializationException", String.valueOf(e.getMessage()));
    }
  }

  private void authorize(Call call, String operation, JsonNode request) {
    var session = call.header("X-Amz-Security-Token");
    if (session.isPresent() && !operation.equals("GenerateRandom")) {
      var key =
          operation.equals("Decrypt")
              ? keys.find(KmsKey.keyIdOf(binary(request, "CiphertextBlob")))
              : key(request);
      roles.check(session, operation, key, request, context(request));
    }
  }

  private void admit(String operation, Map<String, String> context) {
    Duration wait;
    synchronized (this) {
      calls.add(new KmsCall(operation, context));
      wait = delay;
      if (failures > 0) {
        failures--;
        throw failure;
      }
    }
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JsonNode carryOut(String operation, JsonNode request) {
    return switch (operation) {
      case "GenerateDataKey" -> dataKey(request, true);
      case "GenerateDataKeyWithoutPlaintext" -> dataKey(request, false);
      case "Encrypt" -> encrypt(request);
      case "Decrypt" -> decrypt(request);
      case "GenerateRandom" ->
          Json.object().put("Plaintext", base64(KmsKey.random(bytes(request, 1024))));
      case "DescribeKey" -> Json.object().set("KeyMetadata", metadata(key(request)));
      case "EnableKey" -> {
        keys.enable(key(request));
        yield Json.object();
      }
      case "DisableKey" -> {
        keys.disable(key(request));
        yield Json.object();
      }
      case "ScheduleKeyDeletion" -> scheduleDeletion(request);
      case "CancelKeyDeletion" -> {
        keys.cancelDeletion(key(request));
        yield Json.object().put("KeyId", key(request).arn());
      }
      case "Sign" -> sign(request);
      case "Verify" -> verify(request);
      case "GetPublicKey" -> publicKey(request);
      case "CreateGrant" -> grants.create(key(request), request);
      case "RevokeGrant" -> grants.revoke(key(request), request);
      case "ListGrants" -> grants.list(key(request), request);
      default ->
          throw new KmsException(
              "UnknownOperationException", "The stand-in does not know " + operation + ".");
    };
  }

  private JsonNode dataKey(JsonNode request, boolean withPlaintext) {
    var key = key(request).usable().forUse(KmsKey.SYMMETRIC);
    if (request.has("KeySpec") == request.has("NumberOfBytes")) {
      throw validation("Please specify either number of bytes or key spec.");
    }
    var length =
        switch (request.path("KeySpec").asText()) {
          case "AES_256" -> 32;
          case "AES_128" -> 16;
          case "" -> bytes(request, 1024);
          default -> throw validation("No such key spec.");
        };
    var plaintext = KmsKey.random(length);
    var answer =
        Json.object()
            .put("CiphertextBlob", base64(key.encrypt(plaintext, context(request))))
            .put("KeyId", key.arn());
    return withPlaintext ? answer.put("Plaintext", base64(plaintext)) : answer;
  }

  private JsonNode encrypt(JsonNode request) {
    var key = key(request).usable().forUse(KmsKey.SYMMETRIC);
    var plaintext = binary(request, "Plaintext");
    if (plaintext.length == 0 || plaintext.length > MAX_PLAINTEXT) {
      throw validation("The plaintext has 1 to 4096 bytes.");
    }
    return Json.object()
        .put("CiphertextBlob", base64(key.encrypt(plaintext, context(request))))
        .put("KeyId", key.arn())
        .put("EncryptionAlgorithm", KmsKey.SYMMETRIC);
  }

  private JsonNode decrypt(JsonNode request) {
    var blob = binary(request, "CiphertextBlob");
    var maker = KmsKey.keyIdOf(blob);
    if (request.has("KeyId") && !key(request).arn().endsWith(maker)) {
      throw new KmsException(
          "IncorrectKeyException",
          "The key ID in the request does not identify a CMK that can perform this operation.");
    }
    var key = keys.find(maker).usable();
    return Json.object()
        .put("Plaintext", base64(key.decrypt(blob, context(request))))
        .put("KeyId", key.arn())
        .put("EncryptionAlgorithm", KmsKey.SYMMETRIC);
  }

  private JsonNode scheduleDeletion(JsonNode request) {
    var days = request.path("PendingWindowInDays").asInt(30);
    if (days < 7 || days > 30) {
      throw validation("PendingWindowInDays is 7 to 30.");
    }
    var key = key(request);
    keys.scheduleDeletion(key, Duration.ofDays(days));
    var answer =
        Json.object()
            .put("KeyId", key.arn())
            .put("KeyState", key.state().wireName())
            .put("PendingWindowInDays", days);
    return putDeletion(answer, key);
  }

  private static ObjectNode putDeletion(ObjectNode node, KmsKey key) {
    var deletion = key.deletion();
    return deletion == null ? node : node.put("DeletionDate", deletion.getEpochSecond());
  }

  private static JsonNode metadata(KmsKey key) {
    var signs = key.spec().equals(KmsKey.SIGNING);
    var metadata =
        Json.object()
            .put("AWSAccountId", Names.ACCOUNT)
            .put("KeyId", Names.keyId(key.logicalId()))
            .put("Arn", key.arn())
            .put("Enabled", key.state() == KmsKey.State.ENABLED)
            .put("KeyState", key.state().wireName())
            .put("KeyUsage", signs ? "SIGN_VERIFY" : "ENCRYPT_DECRYPT")
            .put("KeySpec", key.spec())
            .put("KeyManager", "CUSTOMER")
            .put("Origin", "AWS_KMS")
            .put("MultiRegion", false);
    return putDeletion(metadata, key);
  }

  private JsonNode sign(JsonNode request) {
    var key = key(request).usable().forUse(KmsKey.SIGNING);
    return Json.object()
        .put("KeyId", key.arn())
        .put("Signature", base64(key.sign(binary(request, "Message"), isDigest(request))))
        .put("SigningAlgorithm", algorithm(request));
  }

  private JsonNode verify(JsonNode request) {
    var key = key(request).usable().forUse(KmsKey.SIGNING);
    if (!key.verify(binary(request, "Message"), isDigest(request), binary(request, "Signature"))) {
      throw new KmsException("KMSInvalidSignatureException", "");
    }
    return Json.object()
        .put("KeyId", key.arn())
        .put("SignatureValid", true)
        .put("SigningAlgorithm", algorithm(request));
  }

  private JsonNode publicKey(JsonNode request) {
    var key = key(request).usable().forUse(KmsKey.SIGNING);
    var answer =
        Json.object()
            .put("KeyId", key.arn())
            .put("PublicKey", base64(key.publicKey()))
            .put("KeySpec", key.spec())
            .put("KeyUsage", "SIGN_VERIFY");
    answer.putArray("SigningAlgorithms").add("ECDSA_SHA_256");
    return answer;
  }

  private static String algorithm(JsonNode request) {
    var algorithm = request.path("SigningAlgorithm").asText();
    if (!algorithm.equals("ECDSA_SHA_256")) {
      throw new KmsException("InvalidKeyUsageException", "The algorithm does not fit the key.");
    }
    return algorithm;
  }

  private static boolean isDigest(JsonNode request) {
    var digest = request.path("MessageType").asText("RAW").equals("DIGEST");
    if (digest && binary(request, "Message").length != 32) {
      throw validation("Digest is invalid length for algorithm ECDSA_SHA_256.");
    }
    return digest;
  }

  private KmsKey key(JsonNode request) {
    return keys.find(request.path("KeyId").asText());
  }

  private static int bytes(JsonNode request, int max) {
    var bytes = request.path("NumberOfBytes").asInt(0);
    if (bytes < 1 || bytes > max) {
      throw validation("NumberOfBytes is 1 to " + max + ".");
    }
    return bytes;
  }

  private static Map<String, String> context(JsonNode request) {
    var context = new LinkedHashMap<String, String>();
    request
        .path("EncryptionContext")
        .properties()
        .forEach(pair -> context.put(pair.getKey(), pair.getValue().asText()));
    return context;
  }

  private static byte[] binary(JsonNode request, String field) {
    try {
      return Base64.getDecoder().decode(request.path(field).asText());
    } catch (IllegalArgumentException e) {
      throw new KmsException("SerializationException", String.valueOf(e.getMessage()));
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static KmsException validation(String message) {
    return new KmsException("ValidationException", message);
  }
}
