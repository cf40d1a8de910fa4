package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.ApiException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.checkout.SessionCreateParams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Stripe refuses, the stand-in refuses: with the same status, type, code and parameter. */
final class StripeRefusalsTest {
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
  void refusesAnotherKey() {
    var stranger = StripeSample.client(machine, "sk_test_other");

    assertThatThrownBy(() -> stranger.v1().customers().retrieve("cus_1"))
        .isInstanceOf(AuthenticationException.class)
        .hasMessageContaining("Invalid API Key provided")
        .hasMessageNotContaining("sk_test_other");
  }

  @Test
  void refusesToServeWithoutAKey() {
    var answer = Sample.get(machine.stripe().address().resolve("/v1/customers"));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(error(answer).path("type").asText()).isEqualTo("invalid_request_error");
  }

  @Test
  void takesTheKeyAsTheNameOfBasicAuthentication() {
    var pair = (StripeStandIn.KEY + ":").getBytes(StandardCharsets.UTF_8);
    var answer =
        send(
            "/v1/customers",
            it -> it.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair)));

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/customers,         nickname=Ada,                     nickname",
    "/v1/customers,         address[planet]=Mars,             address[planet]",
    "/v1/billing_portal/sessions, customer=CUSTOMER&colour=blue, colour",
    "/v1/refunds,           charge=CHARGE&why=so,             why",
    "/v1/checkout/sessions,"
        + " mode=subscription&success_url=https://a.example&line_items[0][price]=PRICE&line_items[0][quantity]=1&line_items[0][color]=red,"
        + " line_items[0][color]"
  })
  void refusesAParameterThatItDoesNotKnow(String path, String form, String param)
      throws StripeException {
    var answer = post(path, filled(form));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(error(answer).path("code").asText()).isEqualTo("parameter_unknown");
    assertThat(error(answer).path("param").asText()).isEqualTo(param);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/billing_portal/sessions, return_url=https://a.example, customer",
    "/v1/checkout/sessions, success_url=https://a.example, mode",
    "/v1/checkout/sessions, mode=subscription, success_url",
    "/v1/checkout/sessions, mode=subscription&success_url=https://a.example, line_items",
    "/v1/checkout/sessions,"
        + " mode=subscription&success_url=https://a.example&line_items[0][quantity]=1,"
        + " line_items[0][price]",
    "/v1/refunds, reason=duplicate, charge",
    "/v1/subscriptions, customer=CUSTOMER, items",
    "/v1/prices, currency=eur, product"
  })
  void refusesToDoWithoutAParameter(String path, String form, String param) throws StripeException {
    var answer = post(path, filled(form));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(error(answer).path("code").asText()).isEqualTo("parameter_missing");
    assertThat(error(answer).path("param").asText()).isEqualTo(param);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "customers/cus_1",
        "subscriptions/sub_1",
        "invoices/in_1",
        "charges/ch_1",
        "payment_intents/pi_1",
        "refunds/re_1",
        "disputes/du_1",
        "events/evt_1",
        "prices/price_1",
        "products/prod_1",
        "checkout/sessions/cs_test_1"
      })
  void knowsNothingThatIsNotThere(String what) {
    var answer = send("/v1/" + what, StripeRefusalsTest::signed);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(error(answer).path("code").asText()).isEqualTo("resource_missing");
    assertThat(error(answer).path("type").asText()).isEqualTo("invalid_request_error");
  }

  @Test
  void refusesToNameADeletedCustomer() throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    stripe.v1().customers().delete(customer);

    assertThatThrownBy(
            () -> stripe.v1().checkout().sessions().create(StripeSample.checkout(customer).build()))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            refusal -> {
              assertThat(refusal.getStatusCode()).isEqualTo(400);
              assertThat(refusal.getCode()).isEqualTo("resource_missing");
              assertThat(refusal.getParam()).isEqualTo("customer");
            });
    assertThatThrownBy(() -> stripe.v1().customers().delete(customer))
        .hasMessageContaining("No such customer");
  }

  @Test
  void refusesAnAddressThatItDoesNotHave() {
    var answer = send("/v1/unicorns", StripeRefusalsTest::signed);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(error(answer).path("message").asText()).startsWith("Unrecognized request URL");
  }

  @Test
  void refusesABodyThatIsNoForm() {
    var answer =
        send(
            "/v1/customers",
            it ->
                signed(it)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{}")));

    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void answersTheSameUnderAKeyAndDoesItOnce() throws StripeException {
    var params = CustomerCreateParams.builder().putMetadata("pseudonym", "p1").build();
    var once = stripe.v1().customers().create(params, StripeSample.key("k1"));
    var twice = stripe.v1().customers().create(params, StripeSample.key("k1"));

    assertThat(twice.getId()).isEqualTo(once.getId());
    assertThat(twice.getLastResponse().headers().firstValue("Idempotent-Replayed"))
        .contains("true");
    assertThat(machine.stripe().numbers("customer")).hasSize(1);
    assertThat(machine.stripe().events("customer.created")).hasSize(1);
  }

  @Test
  void refusesAKeyWithOtherParameters() throws StripeException {
    stripe
        .v1()
        .customers()
        .create(
            CustomerCreateParams.builder().putMetadata("pseudonym", "p1").build(),
            StripeSample.key("k1"));

    assertThatThrownBy(
            () ->
                stripe
                    .v1()
                    .customers()
                    .create(
                        CustomerCreateParams.builder().putMetadata("pseudonym", "p2").build(),
                        StripeSample.key("k1")))
        .isInstanceOfSatisfying(
            IdempotencyException.class,
            refusal -> assertThat(refusal.getStatusCode()).isEqualTo(400));
  }

  @Test
  void forgetsAKeyAfterADay() throws StripeException {
    var params = CustomerCreateParams.builder().build();
    var first = stripe.v1().customers().create(params, StripeSample.key("k1"));
    machine.clock().advance(Duration.ofHours(25));
    var second = stripe.v1().customers().create(params, StripeSample.key("k1"));

    assertThat(second.getId()).isNotEqualTo(first.getId());
  }

  @Test
  void keepsNoAnswerOfWhatWasRefused() throws StripeException {
    var wrong =
        SessionCreateParams.builder().setMode(SessionCreateParams.Mode.SUBSCRIPTION).build();
    assertThatThrownBy(
            () -> stripe.v1().checkout().sessions().create(wrong, StripeSample.key("k1")))
        .isInstanceOf(InvalidRequestException.class);

    var right = StripeSample.checkout(StripeSample.customer(stripe).getId()).build();
    assertThat(stripe.v1().checkout().sessions().create(right, StripeSample.key("k1")).getStatus())
        .isEqualTo("open");
  }

  @Test
  void isOverloadedAndBrokenAsOftenAsToldTo() throws StripeException {
    machine.stripe().faults().failNext(1, 429);
    assertThatThrownBy(() -> StripeSample.customer(stripe)).isInstanceOf(RateLimitException.class);
    machine.stripe().faults().failNext(1, 500);
    assertThatThrownBy(() -> StripeSample.customer(stripe)).isInstanceOf(ApiException.class);
    StripeSample.customer(stripe);

    assertThat(machine.stripe().numbers("customer")).hasSize(1);
  }

  @Test
  void losesAnAnswerAndGivesItWhenItIsAskedAgain() throws StripeException {
    machine.stripe().faults().cutAfter(1);
    // Not by Stripe's client: the JDK's connection below it asks again by itself.
    assertThatThrownBy(
            () ->
                send(
                    "/v1/customers",
                    it ->
                        signed(it)
                            .header("Idempotency-Key", "k1")
                            .POST(HttpRequest.BodyPublishers.noBody())))
        .hasRootCauseInstanceOf(IOException.class);
    var again =
        stripe
            .v1()
            .customers()
            .create(CustomerCreateParams.builder().build(), StripeSample.key("k1"));

    assertThat(machine.stripe().numbers("customer")).containsExactly(again.getId());
  }

  @Test
  void isSlowerThanSomebodyWaits() {
    machine.stripe().faults().delay(Duration.ofMillis(500));
    var hasty = RequestOptions.builder().setReadTimeout(100).setIdempotencyKey("k1").build();

    assertThatThrownBy(
            () -> stripe.v1().customers().create(CustomerCreateParams.builder().build(), hasty))
        .isInstanceOf(ApiConnectionException.class);
    assertThat(machine.stripe().numbers("customer")).hasSize(1);
  }

  @Test
  void refundsNothingTwice() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    var charge = machine.stripe().numbers("charge").getFirst();
    var refund = RefundCreateParams.builder().setCharge(charge).build();
    stripe.v1().refunds().create(refund);

    assertThatThrownBy(() -> stripe.v1().refunds().create(refund))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            refusal -> assertThat(refusal.getCode()).isEqualTo("charge_already_refunded"));
  }

  @Test
  void refundsNoMoreThanWasPaid() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    var charge = machine.stripe().numbers("charge").getFirst();

    assertThatThrownBy(
            () ->
                stripe
                    .v1()
                    .refunds()
                    .create(
                        RefundCreateParams.builder().setCharge(charge).setAmount(1_901L).build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("greater than unrefunded amount");
  }

  @Test
  void refundsNothingThatIsDisputed() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    var charge = machine.stripe().numbers("charge").getFirst();
    var dispute = stripe.v1().disputes().retrieve(machine.stripe().dispute(charge));

    assertThat(dispute.getCharge()).isEqualTo(charge);
    assertThatThrownBy(
            () ->
                stripe
                    .v1()
                    .refunds()
                    .create(RefundCreateParams.builder().setCharge(charge).build()))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            refusal -> assertThat(refusal.getCode()).isEqualTo("charge_disputed"));
  }

  @Test
  void cancelsNothingTwice() throws StripeException {
    var subscription = StripeSample.subscribed(machine, stripe, StripeCard.GOOD).getId();
    stripe.v1().subscriptions().cancel(subscription);

    assertThatThrownBy(() -> stripe.v1().subscriptions().cancel(subscription))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            refusal -> {
              assertThat(refusal.getStatusCode()).isEqualTo(404);
              assertThat(refusal.getCode()).isEqualTo("resource_missing");
            });
  }

  @Test
  void expiresNoSessionThatWasPaid() throws StripeException {
    var customer = StripeSample.customer(stripe).getId();
    var session = stripe.v1().checkout().sessions().create(StripeSample.checkout(customer).build());
    machine.stripe().pay(URI.create(session.getUrl()), StripeCard.GOOD);

    assertThatThrownBy(() -> stripe.v1().checkout().sessions().expire(session.getId()))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void listsNoPageOfMoreThanAHundred() {
    assertThatThrownBy(
            () ->
                stripe
                    .v1()
                    .subscriptions()
                    .list(SubscriptionListParams.builder().setLimit(101L).build()))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () ->
                stripe
                    .v1()
                    .events()
                    .list(EventListParams.builder().setStartingAfter("evt_1").build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("resource_missing");
  }

  private String filled(String form) throws StripeException {
    var filled = form.replace("PRICE", StripeSample.PRICE);
    if (form.contains("CUSTOMER")) {
      filled = filled.replace("CUSTOMER", StripeSample.customer(stripe).getId());
    }
    if (form.contains("CHARGE")) {
      StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
      filled = filled.replace("CHARGE", machine.stripe().numbers("charge").getFirst());
    }
    return filled;
  }

  private HttpResponse<String> post(String path, String form) {
    return send(
        path,
        it ->
            signed(it)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpResponse<String> send(String path, Consumer<HttpRequest.Builder> how) {
    return Sample.send(machine.stripe().address().resolve(path), how);
  }

  private static HttpRequest.Builder signed(HttpRequest.Builder request) {
    return request.header("Authorization", "Bearer " + StripeStandIn.KEY);
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return Json.parse(answer.body()).path("error");
  }
}
