package pledge.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import pledge.runtime.Events;

/** What Stripe sends, signed as it signs it: some kilobytes, of which one number is read. */
final class Webhooks {
  /** As much as an invoice with its lines has, in Stripe's own layout. */
  private static final String REST =
      "  \"object\": \"event\",\n"
          + "  \"some_field\": \"a value of some length\",\n".repeat(150)
          + "  \"type\": \"invoice.paid\"\n}";

  private Webhooks() {}

  /** A message that never came before. */
  static String body(int number) {
    return "{\n  \"id\": \"evt_1SUxBench" + number + "\",\n" + REST;
  }

  /** The first secret that a function is told of. */
  static String secret(Map<String, String> settings) {
    return settings.getOrDefault("STRIPE_WEBHOOK_SECRETS", "").split(",", 2)[0];
  }

  static byte[] event(int number, String secret) {
    var body = body(number);
    var second = InstantSource.system().instant().getEpochSecond();
    var header = "t=" + second + ",v1=" + hex(sign(second, body, secret));
    return new String(Events.post("/webhooks/stripe", body), StandardCharsets.UTF_8)
        .replace("\"host\"", "\"stripe-signature\": \"" + header + "\", \"host\"")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The least that checks a signature. */
  static byte[] sign(long second, String body, String secret) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((second + ".").getBytes(StandardCharsets.US_ASCII));
      return mac.doFinal(body.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
