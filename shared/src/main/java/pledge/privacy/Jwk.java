package pledge.privacy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import pledge.vault.Json;
import pledge.vault.Secrets;

/**
 * A public key of P-256 as a JSON Web Key (RFC 7517, RFC 7518 §6.2.1).
 *
 * @param x 32 bytes
 * @param y 32 bytes
 */
public record Jwk(byte[] x, byte[] y) {
  private static final int COORDINATE = 32;

  /** Of a SubjectPublicKeyInfo, whose last bytes are the point, uncompressed (RFC 5480 §2.2). */
  public static Jwk of(byte[] der) {
    var point = der.length - 2 * COORDINATE;
    if (point < 1 || der[point - 1] != 0x04) {
      throw new IllegalArgumentException("no public key of P-256");
    }
    return new Jwk(
        Arrays.copyOfRange(der, point, point + COORDINATE),
        Arrays.copyOfRange(der, point + COORDINATE, der.length));
  }

  /** Its members, for a key set. */
  public Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>(required());
    json.put("use", "sig");
    json.put("alg", "ES256");
    json.put("kid", thumbprint());
    return json;
  }

  /** RFC 7638: the SHA-256 of the members that make it, in the order of their names. */
  public String thumbprint() {
    return Secrets.text(
        Secrets.sha256(Json.MAPPER.toJson(required()).getBytes(StandardCharsets.UTF_8)));
  }

  private Map<String, Object> required() {
    var required = new LinkedHashMap<String, Object>();
    required.put("crv", "P-256");
    required.put("kty", "EC");
    required.put("x", Secrets.text(x));
    required.put("y", Secrets.text(y));
    return required;
  }
}
