import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Says whether the receipt of an erasure is what was signed, without asking anybody: {@code java
 * VerifyReceipt.java RECEIPT.json KEYS.json}, with Java 17 or newer and nothing else. A receipt's
 * {@code signed} is a JSON Web Signature (RFC 7515, compact, ES256), the keys are a JSON Web Key
 * Set (RFC 7517). It ends with 0 where the receipt is valid, and prints what it says.
 */
class VerifyReceipt {
  private static final Pattern SIGNED =
      Pattern.compile("\"signed\"\\s*:\\s*\"([\\w-]+)\\.([\\w-]+)\\.([\\w-]+)\"");
  private static final Pattern KEY = Pattern.compile("\\{[^{}]*\"kty\"[^{}]*}");

  public static void main(String[] files) throws Exception {
    if (files.length != 2) {
      System.err.println("java VerifyReceipt.java RECEIPT.json KEYS.json");
      System.exit(2);
    }
    var receipt = SIGNED.matcher(Files.readString(Path.of(files[0])));
    if (!receipt.find()
        || !isValid(receipt.group(1), receipt.group(2), receipt.group(3), files[1])) {
      System.out.println("NOT VALID: nobody with one of these keys signed this.");
      System.exit(1);
    }
    System.out.println("VALID. What was signed:");
    System.out.println(text(receipt.group(2)));
  }

  private static boolean isValid(String header, String claims, String signature, String keys)
      throws Exception {
    try {
      return isSigned(header, claims, signature, keys);
    } catch (SignatureException | IllegalArgumentException e) {
      return false; // not even the form of a signature
    }
  }

  private static boolean isSigned(String header, String claims, String signature, String keys)
      throws Exception {
    if (!"ES256".equals(member(text(header), "alg"))) {
      return false;
    }
    var key = KEY.matcher(Files.readString(Path.of(keys)));
    while (key.find()) {
      if (member(key.group(), "kid").equals(member(text(header), "kid"))) {
        var check = Signature.getInstance("SHA256withECDSAinP1363Format");
        check.initVerify(publicKey(key.group()));
        check.update((header + "." + claims).getBytes(StandardCharsets.US_ASCII));
        return check.verify(Base64.getUrlDecoder().decode(signature));
      }
    }
    return false;
  }

  private static ECPublicKey publicKey(String jwk) throws Exception {
    var curve = AlgorithmParameters.getInstance("EC");
    curve.init(new ECGenParameterSpec("secp256r1"));
    var point = new ECPoint(coordinate(jwk, "x"), coordinate(jwk, "y"));
    return (ECPublicKey)
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class)));
  }

  private static BigInteger coordinate(String jwk, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(member(jwk, name)));
  }

  private static String text(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }

  private static String member(String json, String name) {
    var member = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
    return member.find() ? member.group(1) : "";
  }
}
