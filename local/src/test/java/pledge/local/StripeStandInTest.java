package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.param.EventListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePaymentListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.SubscriptionListParams;
import java.net.URI;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StripeStandInTest {
  private Machine machine;
  private StripeClient stripe;

  @BeforeEach
  void start() {
    machine = Machine.start(Sample.options().withoutFunctions());
    stripe = StripeSample.client(machine);
  }

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  void keepsACustomerWithItsMetadata() throws StripeException {
    var made = StripeSample.customer(stripe);
    var found = stripe.v1().customers().retrieve(made.getId());

    assertThat(found.getMetadata()).containsEntry("pseudonym", "p1");
    assertThat(found.getCreated()).isEqualTo(Sample.NOON.getEpochSecond());
    assertThat(found.getDeleted()).isNull();
  }

  @Test
  void showsADeletedCustomerAsDeleted() throws StripeException {
    var customer = StripeSample.customer(stripe);
    stripe.v1().customers().delete(customer.getId());
    var found = stripe.v1().customers().retrieve(customer.getId());

    assertThat(found.getDeleted()).isTrue();
    assertThat(found.getMetadata()).isNull();
  }

  @Test
  void cancelsTheSubscriptionsOfADeletedCustomer() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    stripe.v1().customers().delete(subscription.getCustomer());

    assertThat(stripe.v1().subscriptions().retrieve(subscription.getId()).getStatus())
        .isEqualTo("canceled");
    assertThat(machine.stripe().events("customer.subscription.deleted")).hasSize(1);
  }

  @Test
  void sellsASubscriptionOnThePage() throws StripeException {
    var customer = StripeSample.customer(stripe);
    var session =
        stripe.v1().checkout().sessions().create(StripeSample.checkout(customer.getId()).build());
    var back = machine.stripe().pay(URI.create(session.getUrl()), StripeCard.GOOD);
    var paid = stripe.v1().checkout().sessions().retrieve(session.getId());
    var subscription = stripe.v1().subscriptions().retrieve(paid.getSubscription());

    assertThat(back).contains(URI.create("https://example.org/paid?session=" + session.getId()));
    assertThat(paid.getStatus()).isEqualTo("complete");
    assertThat(subscription.getStatus()).isEqualTo("active");
    assertThat(subscription.getCustomer()).isEqualTo(customer.getId());
    assertThat(subscription.getMetadata()).containsEntry("pseudonym", "p1");
    assertThat(subscription.getItems().getData().getFirst().getCurrentPeriodEnd())
        .isEqualTo(Instant.parse("2026-04-01T12:00:00Z").getEpochSecond());
  }

  @Test
  void refundsWhatAnInvoiceWasPaidWith() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    var invoice =
        stripe
            .v1()
            .invoices()
            .list(InvoiceListParams.builder().setSubscription(subscription.getId()).build())
            .getData()
            .getFirst();
    var payment =
        stripe
            .v1()
            .invoicePayments()
            .list(InvoicePaymentListParams.builder().setInvoice(invoice.getId()).build())
            .getData()
            .getFirst();
    var refund =
        stripe
            .v1()
            .refunds()
            .create(
                RefundCreateParams.builder()
                    .setPaymentIntent(payment.getPayment().getPaymentIntent())
                    .build());

    assertThat(invoice.getParent().getSubscriptionDetails().getSubscription())
        .isEqualTo(subscription.getId());
    assertThat(invoice.getStatus()).isEqualTo("paid");
    assertThat(refund.getAmount()).isEqualTo(invoice.getAmountPaid()).isEqualTo(1_900);
    assertThat(refund.getCustomer()).isEqualTo(subscription.getCustomer());
    assertThat(stripe.v1().charges().retrieve(refund.getCharge()).getRefunded()).isTrue();
  }

  @Test
  void endsASubscriptionWhoseCardFails() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.FAILS_LATER);
    machine.clock().advance(Period.ofDays(32));
    machine.settle();

    assertThat(stripe.v1().subscriptions().retrieve(subscription.getId()).getStatus())
        .isEqualTo("past_due");
    machine.clock().advance(Period.ofDays(16));
    machine.settle();
    assertThat(stripe.v1().subscriptions().retrieve(subscription.getId()).getStatus())
        .isEqualTo("canceled");
    assertThat(machine.stripe().events("invoice.payment_failed")).hasSize(4);
  }

  @Test
  void listsLiveSubscriptionsPageByPage() throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    for (var i = 0; i < 3; i++) {
      StripeSample.subscribed(machine, stripe, customer, StripeCard.GOOD);
    }
    var seen = new ArrayList<String>();
    for (var subscription :
        stripe
            .v1()
            .subscriptions()
            .list(SubscriptionListParams.builder().setCustomer(customer).setLimit(2L).build())
            .autoPagingIterable()) {
      seen.add(subscription.getId());
    }

    assertThat(seen).isEqualTo(machine.stripe().numbers("subscription").reversed());
  }

  @Test
  void listsEventsThatWereNotDelivered() throws StripeException {
    machine.stripe().webhooks().loseNext(1);
    StripeSample.customer(stripe);
    var events =
        stripe.v1().events().list(EventListParams.builder().setDeliverySuccess(false).build());

    assertThat(events.getData())
        .singleElement()
        .satisfies(event -> assertThat(event.getType()).isEqualTo("customer.created"))
        .extracting(Event::getApiVersion)
        .isEqualTo(com.stripe.Stripe.API_VERSION);
  }
}
