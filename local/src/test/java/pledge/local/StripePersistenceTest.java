package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.param.CustomerCreateParams;
import java.nio.file.Path;
import java.time.Period;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Stripe's stand-in knows outlives the machine. */
final class StripePersistenceTest {
  @TempDir Path folder;

  @Test
  void goesOnWithAllThatItKnew() throws StripeException {
    String subscription;
    String customer;
    try (var machine = start()) {
      var stripe = StripeSample.client(machine);
      customer =
          stripe
              .v1()
              .customers()
              .create(CustomerCreateParams.builder().build(), StripeSample.key("k1"))
              .getId();
      subscription =
          StripeSample.subscribed(machine, stripe, customer, StripeCard.FAILS_LATER).getId();
      machine.stripe().webhooks().hold();
    }
    try (var machine = start();
        var receiver = new WebhookReceiver()) {
      machine.stripe().webhooks().deliverTo(receiver.address());
      var stripe = StripeSample.client(machine);

      assertThat(stripe.v1().subscriptions().retrieve(subscription).getStatus())
          .isEqualTo("active");
      assertThat(
              stripe
                  .v1()
                  .customers()
                  .create(CustomerCreateParams.builder().build(), StripeSample.key("k1"))
                  .getId())
          .isEqualTo(customer);
      machine.clock().advance(Period.ofDays(32));
      machine.settle();
      assertThat(stripe.v1().subscriptions().retrieve(subscription).getStatus())
          .isEqualTo("past_due");
      assertThat(receiver.types()).contains("invoice.payment_failed");
      assertThat(machine.stripe().numbers("price")).hasSize(2);
    }
  }

  private Machine start() {
    return Machine.start(
        Options.persistent(folder.resolve("data"), 0)
            .withTemplate(Sample.TEMPLATE)
            .withoutFunctions());
  }
}
