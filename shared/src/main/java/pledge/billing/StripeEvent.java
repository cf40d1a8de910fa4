package pledge.billing;

import java.time.Instant;
import java.util.regex.Pattern;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Store;

/**
 * That Stripe told us of something: the number of its message, and nothing of what it is about.
 * Once it stands there the table's stream carries the number to the queue, so it is not lost.
 */
public record StripeEvent(Instant receivedAt) {
  public static final Kind<StripeEvent> KIND =
      new Kind<>(Category.PROVIDER_EVENT, "STRIPE_EVENT", 1, StripeEvent::write, StripeEvent::read);

  private static final Pattern ID = Pattern.compile("evt_[A-Za-z0-9_]{1,250}");

  /** Before the number, in the partition of its own that a message has. */
  private static final String PLACE = "stripe-event#";

  /** Whether it is a number that Stripe gives a message. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /**
   * The number of the message that is noted in that partition, as a stream tells of it.
   *
   * @throws IllegalArgumentException where none is
   */
  public static String id(String partition) {
    if (!partition.startsWith(PLACE) || !isId(partition.substring(PLACE.length()))) {
      throw new IllegalArgumentException("no partition of a message of Stripe's");
    }
    return partition.substring(PLACE.length());
  }

  /**
   * Writes it down: once, however often it is told.
   *
   * @return false where it was there already
   */
  public static boolean note(Store store, String id, Instant now) {
    if (!isId(id)) {
      throw new IllegalArgumentException("no number of a message of Stripe's");
    }
    // A partition of its own: there may be thousands a second.
    return store.insert(KIND.in(PLACE + id), new StripeEvent(now), Instant.MAX).written();
  }

  private Fields write() {
    return new Fields(Category.PROVIDER_EVENT)
        .text("processor", Processor.STRIPE.name())
        .instant("receivedAt", receivedAt);
  }

  private static StripeEvent read(Fields fields) {
    return new StripeEvent(fields.instant("receivedAt"));
  }
}
