package pledge.local;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The header {@code Stripe-Signature}: a time, and one signature for each secret in use. */
final class StripeSignature {
  private StripeSignature() {}

  static String of(byte[] body, Instant at, List<String> secrets) {
    var time = Long.toString(at.getEpochSecond());
    var signed = new ByteArrayOutputStream();
    signed.writeBytes((time + ".").getBytes(StandardCharsets.US_ASCII));
    signed.writeBytes(body);
    var header = new StringBuilder("t=").append(time);
    for (var secret : secrets) {
      header.append(",v1=").append(hmac(secret, signed.toByteArray()));
    }
    return header.toString();
  }

  private static String hmac(String secret, byte[] text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
