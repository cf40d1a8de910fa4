package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.Subscription;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.checkout.SessionCreateParams;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens at Stripe by itself as time passes. */
final class StripeRenewalsTest {
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
  void chargesEveryMonthAnHourAfterItsBeginning() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    pass(Period.ofMonths(1));

    assertThat(newest(subscription).getStatus()).isEqualTo("draft");
    pass(Duration.ofHours(1));
    assertThat(newest(subscription).getStatus()).isEqualTo("paid");
    assertThat(newest(subscription).getBillingReason()).isEqualTo("subscription_cycle");
    assertThat(periodEnd(subscription)).isEqualTo(Instant.parse("2026-05-01T12:00:00Z"));
  }

  @Test
  void makesUpForAllMonthsOfAJumpEachAsOfItsOwnTime() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    pass(Period.ofDays(100));

    assertThat(invoices(subscription))
        .extracting(invoice -> Instant.ofEpochSecond(invoice.getCreated()).toString())
        .containsExactly(
            "2026-06-01T12:00:00Z",
            "2026-05-01T12:00:00Z",
            "2026-04-01T12:00:00Z",
            "2026-03-01T12:00:00Z");
    assertThat(invoices(subscription))
        .allSatisfy(it -> assertThat(it.getStatus()).isEqualTo("paid"));
  }

  @Test
  void triesAgainAfterThreeFiveAndSevenDays() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.FAILS_LATER);
    pass(Period.ofMonths(1));
    pass(Duration.ofHours(1));
    assertThat(status(subscription)).isEqualTo("past_due");

    for (var days : List.of(3, 5, 7)) {
      assertThat(newest(subscription).getNextPaymentAttempt())
          .isEqualTo(machine.clock().instant().plus(Duration.ofDays(days)).getEpochSecond());
      pass(Period.ofDays(days));
    }
    assertThat(newest(subscription).getAttemptCount()).isEqualTo(4);
    assertThat(newest(subscription).getStatus()).isEqualTo("open");
    assertThat(newest(subscription).getNextPaymentAttempt()).isNull();
    assertThat(status(subscription)).isEqualTo("canceled");
    assertThat(
            stripe
                .v1()
                .subscriptions()
                .retrieve(subscription.getId())
                .getCancellationDetails()
                .getReason())
        .isEqualTo("payment_failed");
  }

  @Test
  void isActiveAgainOnceWhatIsOpenIsPaid() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.FAILS_LATER);
    pass(Period.ofDays(32));
    machine.stripe().changeCard(subscription.getCustomer(), StripeCard.GOOD);
    machine.stripe().payOpen(subscription.getCustomer());

    assertThat(status(subscription)).isEqualTo("active");
    assertThat(newest(subscription).getStatus()).isEqualTo("paid");
    // The first invoice's is not listed any more: it is over 30 days old.
    assertThat(machine.stripe().events("invoice.paid")).hasSize(1);
  }

  @Test
  void asksForConfirmationWhereTheBankWantsIt() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.ASKS_LATER);
    pass(Period.ofDays(32));

    assertThat(machine.stripe().events("invoice.payment_action_required")).hasSize(1);
    assertThat(status(subscription)).isEqualTo("past_due");
    machine.stripe().payOpen(subscription.getCustomer());
    assertThat(status(subscription)).isEqualTo("active");
  }

  @Test
  void endsAtTheEndOfThePeriodWhereThatWasAsked() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    machine.stripe().cancel(subscription.getCustomer(), false);
    pass(Period.ofDays(30));
    assertThat(status(subscription)).isEqualTo("active");
    pass(Period.ofDays(1));

    assertThat(status(subscription)).isEqualTo("canceled");
    assertThat(invoices(subscription)).hasSize(1);
  }

  @Test
  void goesOnWhereTheCancellationIsTakenBack() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    machine.stripe().cancel(subscription.getCustomer(), false);
    machine.stripe().goOn(subscription.getCustomer());
    pass(Period.ofDays(32));

    assertThat(status(subscription)).isEqualTo("active");
  }

  @Test
  void asksForNothingMoreAfterTheEnd() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.FAILS_LATER);
    pass(Period.ofDays(32));
    stripe.v1().subscriptions().cancel(subscription.getId());
    pass(Period.ofDays(25));

    assertThat(machine.stripe().events("invoice.payment_failed")).hasSize(1);
    assertThat(newest(subscription).getAutoAdvance()).isFalse();
  }

  @Test
  void announcesTheEndOfATrialThreeDaysBefore() throws StripeException {
    var subscription = trial(StripeCard.GOOD);
    assertThat(status(subscription)).isEqualTo("trialing");
    pass(Period.ofDays(11));

    assertThat(machine.stripe().events("customer.subscription.trial_will_end")).hasSize(1);
    pass(Period.ofDays(4));
    assertThat(status(subscription)).isEqualTo("active");
    assertThat(newest(subscription).getAmountPaid()).isEqualTo(1_900);
  }

  @Test
  void pausesAfterATrialWithoutACardWhereThatWasAsked() throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    var subscription =
        stripe
            .v1()
            .subscriptions()
            .create(
                SubscriptionCreateParams.builder()
                    .setCustomer(customer)
                    .addItem(
                        SubscriptionCreateParams.Item.builder()
                            .setPrice(StripeSample.PRICE)
                            .build())
                    .setTrialPeriodDays(7L)
                    .setTrialSettings(
                        SubscriptionCreateParams.TrialSettings.builder()
                            .setEndBehavior(
                                SubscriptionCreateParams.TrialSettings.EndBehavior.builder()
                                    .setMissingPaymentMethod(
                                        SubscriptionCreateParams.TrialSettings.EndBehavior
                                            .MissingPaymentMethod.PAUSE)
                                    .build())
                            .build())
                    .build());
    stripe
        .v1()
        .subscriptions()
        .update(
            subscription.getId(),
            SubscriptionUpdateParams.builder()
                .setTrialEnd(SubscriptionUpdateParams.TrialEnd.NOW)
                .build());

    assertThat(status(subscription)).isEqualTo("paused");
  }

  @Test
  void endsACheckoutThatNobodyPaysInADay() throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    var session = stripe.v1().checkout().sessions().create(StripeSample.checkout(customer).build());
    pass(Duration.ofHours(24));

    assertThat(stripe.v1().checkout().sessions().retrieve(session.getId()).getStatus())
        .isEqualTo("expired");
    assertThat(machine.stripe().events("checkout.session.expired")).hasSize(1);
  }

  @Test
  void listsEventsForThirtyDays() throws StripeException {
    StripeSample.customer(stripe);
    pass(Period.ofDays(31));

    assertThat(machine.stripe().events("customer.created")).isEmpty();
  }

  private Subscription trial(StripeCard card) throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    var session =
        stripe
            .v1()
            .checkout()
            .sessions()
            .create(
                StripeSample.checkout(customer)
                    .setSubscriptionData(
                        SessionCreateParams.SubscriptionData.builder()
                            .setTrialPeriodDays(14L)
                            .build())
                    .build());
    machine.stripe().pay(URI.create(session.getUrl()), card);
    var paid = stripe.v1().checkout().sessions().retrieve(session.getId());
    return stripe.v1().subscriptions().retrieve(paid.getSubscription());
  }

  private void pass(Period time) {
    machine.clock().advance(time);
    machine.settle();
  }

  private void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle();
  }

  private String status(Subscription subscription) throws StripeException {
    return stripe.v1().subscriptions().retrieve(subscription.getId()).getStatus();
  }

  private Instant periodEnd(Subscription subscription) throws StripeException {
    return Instant.ofEpochSecond(
        stripe
            .v1()
            .subscriptions()
            .retrieve(subscription.getId())
            .getItems()
            .getData()
            .getFirst()
            .getCurrentPeriodEnd());
  }

  private List<Invoice> invoices(Subscription subscription) throws StripeException {
    return stripe
        .v1()
        .invoices()
        .list(InvoiceListParams.builder().setSubscription(subscription.getId()).build())
        .getData();
  }

  private Invoice newest(Subscription subscription) throws StripeException {
    return invoices(subscription).getFirst();
  }
}
