package pledge.stripewebhook;

import io.avaje.json.JsonException;
import java.util.Optional;
import pledge.billing.StripeEvent;
import pledge.vault.Json;

/**
 * The number of a message. It is read up to there and no further: all else that a message says is
 * asked for again, and may be anybody's.
 */
final class EventNumber {
  private EventNumber() {}

  /** The one in a body that Stripe signed; empty where there is none that Stripe would give. */
  static Optional<String> in(byte[] body) {
    try (var json = Json.STREAM.reader(body)) {
      json.beginObject();
      while (json.hasNextField()) {
        if (json.nextField().equals("id")) {
          return json.isNullValue()
              ? Optional.empty()
              : Optional.of(json.readString()).filter(StripeEvent::isId);
        }
        json.skipValue();
      }
      return Optional.empty();
    } catch (JsonException e) {
      // The parser's message repeats what it read.
      return Optional.empty();
    }
  }
}
