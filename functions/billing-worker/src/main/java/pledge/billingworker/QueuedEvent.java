package pledge.billingworker;

import io.avaje.json.JsonException;
import pledge.billing.StripeEvent;
import pledge.vault.Json;

/** A message of the queue: where an event is noted, as the pipe made it of the stream. */
final class QueuedEvent {
  private QueuedEvent() {}

  /**
   * The event's number.
   *
   * @throws IllegalArgumentException where it is no such message
   */
  static String read(String body) {
    try {
      if (Json.object(Json.MAPPER.fromJson(body)).get("event") instanceof String place) {
        return StripeEvent.id(place);
      }
    } catch (JsonException e) {
      // Falls through: the parser's message repeats what it read.
    }
    throw new IllegalArgumentException("no message of an event");
  }
}
