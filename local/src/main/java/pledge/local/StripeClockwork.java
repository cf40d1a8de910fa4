package pledge.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What happens at Stripe by itself, when it is due by the machine's clock: periods end, invoices
 * are charged and charged again, pages expire. After a jump of the clock all of it happens in its
 * order, each as of its own moment.
 */
final class StripeClockwork implements Pump.Work {
  private final StripeObjects objects;
  private final StripeEvents events;
  private final StripeIdempotency idempotency;
  private final StripeInvoices invoices;
  private final StripeSubscriptions subscriptions;
  private final StripeCheckouts checkouts;

  StripeClockwork(
      StripeObjects objects,
      StripeEvents events,
      StripeIdempotency idempotency,
      StripeInvoices invoices,
      StripeSubscriptions subscriptions,
      StripeCheckouts checkouts) {
    this.objects = objects;
    this.events = events;
    this.idempotency = idempotency;
    this.invoices = invoices;
    this.subscriptions = subscriptions;
    this.checkouts = checkouts;
  }

  /** Something that is to happen at a moment. */
  record Due(Instant at, Runnable work) {}

  @Override
  public Pump.Step step() {
    synchronized (objects) {
      var now = objects.now();
      var next = all().filter(due -> !due.at().isAfter(now)).min(Comparator.comparing(Due::at));
      if (next.isEmpty()) {
        events.forgetOld();
        idempotency.forgetOld();
        return Pump.Step.IDLE;
      }
      events.causedBy(null, null);
      objects.at(next.get().at(), next.get().work());
      return Pump.Step.WORKED;
    }
  }

  private Stream<Due> all() {
    return Stream.of(
            objects.all("invoice").stream().map(this::invoice),
            objects.all("subscription").stream().map(subscriptions::next),
            objects.all(StripeCheckouts.TYPE).stream().map(checkouts::next))
        .flatMap(dues -> dues)
        .flatMap(Optional::stream);
  }

  private Optional<Due> invoice(ObjectNode invoice) {
    var finalizes = invoice.path("automatically_finalizes_at");
    if (finalizes.isNumber()) {
      return Optional.of(
          new Due(
              Instant.ofEpochSecond(finalizes.asLong()),
              () -> {
                invoices.open(invoice);
                invoices.charge(invoice, false);
              }));
    }
    var retries = invoice.path("next_payment_attempt");
    return retries.isNumber()
        ? Optional.of(
            new Due(Instant.ofEpochSecond(retries.asLong()), () -> invoices.charge(invoice, false)))
        : Optional.empty();
  }
}
