package pledge.functions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import pledge.local.StripeStandIn;

/**
 * Sample events of Stripe's: a file was signed when it was written, which is too long ago wherever
 * a clock was moved. What was a signature then, for the time that the event itself says, is one
 * now; what was none stays as it is.
 */
final class StripeSamples {
  private static final String HEADER = "stripe-signature";
  private static final JsonMapper JSON = new JsonMapper();

  private StripeSamples() {}

  /** The event, as Stripe would have signed it at that moment. */
  static ObjectNode signedAt(ObjectNode event, Instant now) {
    var then = event.at("/requestContext/timeEpoch").asLong() / 1_000;
    var body = event.path("body").asText();
    if (event.path("isBase64Encoded").asBoolean()) {
      body = new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8);
    }
    for (var secret : StripeStandIn.SECRETS) {
      var signed = header(body, secret, then);
      if (event.path("headers").path(HEADER).asText().startsWith(signed)) {
        event.withObject("/headers").put(HEADER, header(body, secret, now.getEpochSecond()));
        break;
      }
    }
    return event;
  }

  /** As above; what is no event of Stripe's is left alone. */
  static String signedAt(String event, Instant now) {
    if (!event.contains("\"" + HEADER + "\"")) {
      return event;
    }
    try {
      return JSON.writeValueAsString(signedAt((ObjectNode) JSON.readTree(event), now));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** By Stripe's own library. */
  static String header(String body, String secret, long second) {
    try {
      return Webhook.Signature.generateSignatureHeader(body, secret, second);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
