package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.exception.StripeException;
import com.stripe.net.Webhook;
import com.stripe.param.EventListParams;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StripeWebhooksTest {
  private Machine machine;
  private StripeClient stripe;
  private WebhookReceiver receiver;

  @BeforeEach
  void start() {
    // Stripe's own check of the signature's age goes by real time.
    machine = Machine.start(Sample.options().withClockAt(Instant.now()).withoutFunctions());
    stripe = StripeSample.client(machine);
    receiver = new WebhookReceiver();
    machine.stripe().webhooks().deliverTo(receiver.address());
  }

  @AfterEach
  void stop() {
    receiver.close();
    machine.close();
  }

  @Test
  void signsAsStripesOwnLibraryChecks() throws Exception {
    StripeSample.customer(stripe);
    machine.settle();
    var call = receiver.calls().getFirst();
    var event =
        Webhook.constructEvent(
            call.text(),
            call.header("Stripe-Signature").orElseThrow(),
            StripeStandIn.SECRETS.getFirst());

    assertThat(event.getType()).isEqualTo("customer.created");
    assertThat(event.getApiVersion()).isEqualTo(Stripe.API_VERSION);
    assertThat(event.getDataObjectDeserializer().getObject()).isPresent();
    assertThat(event.getRequest().getId()).startsWith("req_");
    assertThatThrownBy(
            () ->
                Webhook.constructEvent(
                    call.text(), call.header("Stripe-Signature").orElseThrow(), "whsec_other"))
        .isInstanceOf(SignatureVerificationException.class);
  }

  @Test
  void signsWithTwoSecretsWhileOneTakesOver() throws Exception {
    machine.stripe().webhooks().signWith("whsec_new", "whsec_old");
    StripeSample.customer(stripe);
    machine.settle();
    var call = receiver.calls().getFirst();

    for (var secret : List.of("whsec_new", "whsec_old")) {
      assertThat(
              Webhook.constructEvent(
                  call.text(), call.header("Stripe-Signature").orElseThrow(), secret))
          .isNotNull();
    }
  }

  @Test
  void triesAgainForThreeDaysUntilItIsAnswered() throws StripeException {
    receiver.answerWith(500);
    StripeSample.customer(stripe);
    machine.settle();
    assertThat(receiver.types()).hasSize(1);
    assertThat(undelivered()).containsExactly("customer.created");

    receiver.answerWith(200);
    machine.clock().advance(Duration.ofMinutes(5));
    machine.settle();
    assertThat(receiver.types()).hasSize(2);
    assertThat(undelivered()).isEmpty();
  }

  @Test
  void givesUpAfterThreeDays() throws StripeException {
    receiver.answerWith(404);
    StripeSample.customer(stripe);
    for (var hours = 0; hours < 80; hours++) {
      machine.clock().advance(Duration.ofHours(1));
      machine.settle();
    }

    assertThat(receiver.types()).hasSize(11);
    assertThat(machine.stripe().webhooks().waiting()).isEmpty();
    assertThat(undelivered()).containsExactly("customer.created");
  }

  @Test
  void losesWhatItIsToldTo() throws StripeException {
    machine.stripe().webhooks().loseNext(1);
    StripeSample.customer(stripe);
    machine.settle();

    assertThat(receiver.types()).isEmpty();
    assertThat(undelivered()).containsExactly("customer.created");
  }

  @Test
  void deliversTwice() throws StripeException {
    machine.stripe().webhooks().deliverTwice(1);
    StripeSample.customer(stripe);
    machine.settle();

    assertThat(receiver.types()).containsExactly("customer.created", "customer.created");
  }

  @Test
  void deliversInAnotherOrder() throws StripeException {
    machine.stripe().webhooks().hold();
    var customer = StripeSample.customer(stripe).getId();
    stripe.v1().customers().delete(customer);
    machine.settle();
    assertThat(receiver.types()).isEmpty();
    machine.stripe().webhooks().releaseBackwards();
    machine.settle();

    assertThat(receiver.types()).containsExactly("customer.deleted", "customer.created");
  }

  @Test
  void deliversOneAgainWhenATestWantsIt() throws StripeException {
    StripeSample.customer(stripe);
    machine.settle();
    var event = machine.stripe().events("customer.created").getFirst();

    assertThat(machine.stripe().webhooks().deliver(event)).isEqualTo(200);
    assertThat(receiver.types()).hasSize(2);
  }

  @Test
  void saysWhatWasBeforeAChange() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    machine.stripe().cancel(subscription.getCustomer(), false);
    var number = machine.stripe().events("customer.subscription.updated").getLast();
    var event = Json.parse(machine.stripe().json(number));

    assertThat(event.path("data").path("object").path("cancel_at_period_end").asBoolean()).isTrue();
    assertThat(
            event.path("data").path("previous_attributes").path("cancel_at_period_end").isBoolean())
        .isTrue();
  }

  private List<String> undelivered() throws StripeException {
    return stripe
        .v1()
        .events()
        .list(EventListParams.builder().setDeliverySuccess(false).build())
        .getData()
        .stream()
        .map(event -> event.getType())
        .toList();
  }
}
