package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.checkout.Session;
import com.stripe.param.billingportal.SessionCreateParams;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Period;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people do on the pages that Stripe hosts. */
final class StripePagesTest {
  private static final String FORM = "application/x-www-form-urlencoded";

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

  @ParameterizedTest
  @EnumSource(names = {"GOOD", "FAILS_LATER", "ASKS_LATER", "BANK"})
  void takesEveryNumberThatPays(StripeCard card) throws StripeException {
    var session = checkout();
    assertThat(Sample.get(page(session)).body()).contains("19.00 eur").contains(card.digits());
    var answer = type(page(session), "number=" + card.digits());

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location"))
        .contains("https://example.org/paid?session=" + session.getId());
    assertThat(machine.stripe().events("checkout.session.completed")).hasSize(1);
    assertThat(stripe.v1().customers().retrieve(session.getCustomer()).getEmail())
        .isEqualTo("cardholder@example.com");
    assertThat(Sample.get(page(session)).statusCode()).isEqualTo(410);
  }

  @Test
  void declinesAndLetsAnotherCardBeTyped() throws StripeException {
    var session = checkout();
    var declined = type(page(session), "number=4000 0000 0000 0002");

    assertThat(declined.statusCode()).isEqualTo(402);
    assertThat(declined.body()).contains("Your card was declined.");
    assertThat(type(page(session), "number=1234").body()).contains("card number is incorrect");
    assertThat(type(page(session), "number=4242 4242 4242 4242").statusCode()).isEqualTo(303);
    assertThat(machine.stripe().numbers("subscription")).hasSize(1);
  }

  @Test
  void leadsBackWhoCancels() throws StripeException {
    var session = checkout();
    var answer = type(page(session), "cancel=yes");

    assertThat(answer.headers().firstValue("Location")).contains("https://example.org/cancelled");
    assertThat(machine.stripe().numbers("subscription")).isEmpty();
    assertThat(Sample.get(page(session)).headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy -> assertThat(policy).contains("form-action 'self' https://example.org"));
  }

  @Test
  void changesTheCardAndPaysWhatIsOpen() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.FAILS_LATER);
    machine.clock().advance(Period.ofDays(32));
    machine.settle();
    var portal = portal(subscription.getCustomer());
    assertThat(Sample.get(portal).body()).contains("past_due").contains("ending in 0341");
    type(portal, "do=card&number=" + StripeCard.GOOD.digits());
    type(portal, "do=pay");

    assertThat(Sample.get(portal).body()).contains("active").contains("ending in 4242");
    assertThat(stripe.v1().subscriptions().retrieve(subscription.getId()).getStatus())
        .isEqualTo("active");
  }

  @Test
  void cancelsNowAtTheEndAndNotAtAll() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    var portal = portal(subscription.getCustomer());
    type(portal, "do=cancel-at-end");
    assertThat(cancels(subscription.getId())).isTrue();
    type(portal, "do=go-on");
    assertThat(cancels(subscription.getId())).isFalse();
    type(portal, "do=cancel-now");

    assertThat(stripe.v1().subscriptions().retrieve(subscription.getId()).getStatus())
        .isEqualTo("canceled");
    assertThat(Sample.get(portal).body()).contains("https://example.org/account");
    assertThat(type(portal, "do=nothing").statusCode()).isEqualTo(400);
  }

  @Test
  void showsNothingOfADeletedCustomer() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    var portal = portal(subscription.getCustomer());
    stripe.v1().customers().delete(subscription.getCustomer());

    assertThat(Sample.get(portal).statusCode()).isEqualTo(404);
  }

  @Test
  void takesNothingFromADeletedCustomer() throws StripeException {
    var session = checkout();
    stripe.v1().customers().delete(session.getCustomer());

    assertThat(Sample.get(page(session)).statusCode()).isEqualTo(404);
    assertThat(type(page(session), "number=" + StripeCard.GOOD.digits()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void isLedToFromTheMachinesOwnPages() throws StripeException {
    var session = checkout();

    assertThat(Sample.get(machine.api().resolve("/_local/")).body()).contains(StripePages.ROOT);
    assertThat(Sample.get(machine.api().resolve(StripePages.ROOT)).body())
        .contains(session.getUrl());
  }

  private Session checkout() throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    return stripe.v1().checkout().sessions().create(StripeSample.checkout(customer).build());
  }

  private static URI page(Session session) {
    return URI.create(session.getUrl());
  }

  private URI portal(String customer) throws StripeException {
    var params =
        SessionCreateParams.builder()
            .setCustomer(customer)
            .setReturnUrl("https://example.org/account")
            .build();
    return URI.create(stripe.v1().billingPortal().sessions().create(params).getUrl());
  }

  private boolean cancels(String subscription) throws StripeException {
    return stripe.v1().subscriptions().retrieve(subscription).getCancelAtPeriodEnd();
  }

  private static HttpResponse<String> type(URI page, String form) {
    var encoded = new StringBuilder();
    for (var pair : form.split("&", -1)) {
      var parts = pair.split("=", 2);
      encoded
          .append(encoded.isEmpty() ? "" : "&")
          .append(parts[0])
          .append('=')
          .append(URLEncoder.encode(parts[1], StandardCharsets.UTF_8));
    }
    return Sample.post(page, FORM, encoded.toString());
  }
}
