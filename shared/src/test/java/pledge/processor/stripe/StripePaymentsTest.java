package pledge.processor.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.stripe.Stripe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.processor.Payments.Event;
import pledge.processor.Payments.Status;
import pledge.processor.stripe.ScriptedStripe.Asked;
import pledge.vault.UnavailableException;

/** What Stripe is asked, and what is made of what it answers. */
class StripePaymentsTest {
  private final ScriptedStripe stripe = new ScriptedStripe();
  private final StripePayments payments =
      new StripePayments(stripe.api(), "https://pledge.example.org");

  @AfterEach
  void stop() {
    stripe.close();
  }

  @Test
  @DisplayName("no-sale: Stripe is told a pseudonym, and nothing else of a customer")
  void tellsThePseudonymAndNothingElse() {
    stripe.on("POST /v1/customers", "{\"id\": \"cus_1\"}");

    assertThat(payments.customer("aPseudonym")).isEqualTo("cus_1");
    assertThat(payments.customer("aPseudonym")).isEqualTo("cus_1");
    assertThat(stripe.asked())
        .containsOnly(
            new Asked(
                "POST /v1/customers",
                "metadata[pseudonym]=aPseudonym",
                "customer-aPseudonym",
                Stripe.API_VERSION));
  }

  @Test
  void opensAPageOfStripesForACustomerAndAPlan() {
    stripe.on("POST /v1/checkout/sessions", "{\"id\": \"cs_1\", \"url\": \"https://c/1\"}");

    var page = payments.checkout("cus_1", "aPseudonym", "price_1", "anAttempt");

    assertThat(page.url()).isEqualTo("https://c/1");
    assertThat(page).hasToString("Page[redacted]");
    var asked = stripe.asked().getFirst();
    assertThat(asked.key()).isEqualTo("checkout-anAttempt");
    assertThat(asked.form().split("&"))
        .containsExactlyInAnyOrder(
            "mode=subscription",
            "customer=cus_1",
            "line_items[0][price]=price_1",
            "line_items[0][quantity]=1",
            "subscription_data[metadata][pseudonym]=aPseudonym",
            "success_url=https://pledge.example.org/",
            "cancel_url=https://pledge.example.org/");
  }

  @Test
  void opensThePortalAnewEachTime() {
    stripe.on("POST /v1/billing_portal/sessions", "{\"url\": \"https://p/1\"}");

    payments.portal("cus_1");
    payments.portal("cus_1");

    assertThat(stripe.asked()).extracting(Asked::key).doesNotHaveDuplicates().doesNotContain("");
  }

  @Test
  void opensNoPortalForWhoIsDeletedThere() {
    stripe.refuse("POST /v1/billing_portal/sessions", 400, "resource_missing");
    stripe.on("GET /v1/customers/cus_1", "{\"id\": \"cus_1\", \"deleted\": true}");
    stripe.on("GET /v1/customers/cus_1", "{\"id\": \"cus_1\"}");

    assertThat(payments.portal("cus_1")).isEmpty();
    assertThatThrownBy(() -> payments.portal("cus_1")).isInstanceOf(StripeRefusal.class);
  }

  @Test
  void isAskedInTheSameWordsInAnyLocale() {
    stripe.on("POST /v1/customers", "{\"id\": \"cus_1\"}");
    stripe.on("GET /v1/subscriptions", "{\"data\": []}");
    var before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-SA-u-nu-arab"));
    try {
      payments.customer("aPseudonym");
      assertThat(payments.liveSubscriptions()).isEmpty();
    } finally {
      Locale.setDefault(before);
    }
    assertThat(stripe.asked())
        .extracting(Asked::form)
        .containsExactly("metadata[pseudonym]=aPseudonym", "limit=100");
  }

  // ── What Stripe answers ────────────────────────────────────────────────────────────────────

  @Test
  void readsACustomerOneThatIsDeletedAndNone() {
    stripe.on(
        "GET /v1/customers/cus_1",
        "{\"id\": \"cus_1\", \"email\": \"ada@example.org\", \"metadata\": {\"pseudonym\": \"p\"}}");
    stripe.on("GET /v1/customers/cus_2", "{\"id\": \"cus_2\", \"deleted\": true}");

    assertThat(payments.find("cus_1"))
        .hasValueSatisfying(
            found -> {
              assertThat(found.pseudonym()).hasValue("p");
              assertThat(found.deleted()).isFalse();
            });
    assertThat(payments.find("cus_2"))
        .hasValueSatisfying(found -> assertThat(found.deleted()).isTrue());
    assertThat(payments.find("cus_3")).isEmpty();
  }

  @Test
  void readsSubscriptionsPageByPageTheOldestFirst() {
    stripe.on(
        "GET /v1/subscriptions",
        "{\"has_more\": true, \"data\": [" + subscription("sub_3", "active", 300) + "]}");
    stripe.on(
        "GET /v1/subscriptions",
        "{\"has_more\": false, \"data\": ["
            + subscription("sub_2", "canceled", 200)
            + ","
            + subscription("sub_1", "past_due", 100)
            + "]}");

    var found = payments.subscriptions("cus_1");

    assertThat(found).extracting(it -> it.id()).containsExactly("sub_1", "sub_2", "sub_3");
    assertThat(found)
        .extracting(it -> it.status())
        .containsExactly(Status.PAST_DUE, Status.CANCELED, Status.ACTIVE);
    assertThat(found.getFirst())
        .satisfies(
            it -> {
              assertThat(it.customer()).isEqualTo("cus_1");
              assertThat(it.price()).isEqualTo("price_1");
              assertThat(it.createdAt()).isEqualTo(Instant.ofEpochSecond(100));
              assertThat(it.paidUntil()).hasValue(Instant.ofEpochSecond(1_000));
              assertThat(it.endsAt()).isEmpty();
            });
    assertThat(found.get(1).endsAt()).hasValue(Instant.ofEpochSecond(900));
    assertThat(stripe.asked())
        .extracting(asked -> List.of(asked.form().split("&")))
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .containsExactlyInAnyOrder("customer=cus_1", "status=all", "limit=100"),
            second -> assertThat(second).contains("starting_after=sub_3"));
  }

  @Test
  void walksThroughLiveSubscriptionsOnly() {
    stripe.on(
        "GET /v1/subscriptions",
        "{\"data\": ["
            + subscription("sub_2", "incomplete_expired", 200)
            + ","
            + subscription("sub_1", "trialing", 100)
            + "]}");

    assertThat(payments.liveSubscriptions()).extracting(it -> it.id()).containsExactly("sub_1");
  }

  @Test
  @DisplayName("no-card-data: of an invoice nothing is read but what is kept")
  void readsOfAnInvoiceWhatIsKept() {
    stripe.on("GET /v1/invoices/in_1", invoice("in_1", "open", true));
    stripe.on("GET /v1/invoices/in_2", invoice("in_2", "paid", true));

    var open = payments.invoice("in_1").orElseThrow();

    assertThat(open.subscription()).hasValue("sub_1");
    assertThat(open.number()).hasValue("ABC-0001");
    assertThat(open.price()).hasValue("price_1");
    assertThat(open.amount()).isEqualTo(1_190);
    assertThat(open.tax()).isEqualTo(190);
    assertThat(open.currency()).isEqualTo("eur");
    assertThat(open.issuedAt()).isEqualTo(Instant.ofEpochSecond(500));
    assertThat(open.failedAt()).hasValue(Instant.ofEpochSecond(500));
    assertThat(open.toString()).doesNotContain("4242", "ada@example.org");
    assertThat(payments.invoice("in_2").orElseThrow().failedAt()).isEmpty();
    assertThat(payments.invoice("in_3")).isEmpty();
  }

  @Test
  void leadsARefundAndADisputeToTheirCustomerAndInvoice() {
    var charge =
        "\"charge\": {\"id\": \"ch_1\", \"customer\": \"cus_1\"}, \"payment_intent\": \"pi_1\"";
    var paid = "\"amount\": 1190, \"currency\": \"eur\", \"created\": 700, " + charge + "}";
    stripe.on("GET /v1/refunds/re_1", "{\"id\": \"re_1\", \"status\": \"succeeded\", " + paid);
    stripe.on("GET /v1/disputes/dp_1", "{\"id\": \"dp_1\", \"status\": \"lost\", " + paid);
    stripe.on(
        "GET /v1/refunds",
        "{\"data\": [{\"id\": \"re_1\", \"status\": \"pending\", " + paid + "]}");
    stripe.on(
        "GET /v1/invoice_payments",
        "{\"data\": [{\"id\": \"inpay_1\", \"invoice\": {\"id\": \"in_1\", \"number\": \"A-1\"}}]}");

    assertThat(payments.findRefund("re_1"))
        .hasValueSatisfying(
            it -> {
              assertThat(it.customer()).isEqualTo("cus_1");
              assertThat(it.invoiceNumber()).hasValue("A-1");
              assertThat(it.amount()).isEqualTo(1_190);
            });
    assertThat(payments.dispute("dp_1"))
        .hasValueSatisfying(it -> assertThat(it.status()).isEqualTo("lost"));
    assertThat(payments.refundsOfCharge("ch_1"))
        .singleElement()
        .satisfies(it -> assertThat(it.status()).isEqualTo("pending"));
    assertThat(payments.findRefund("re_2")).isEmpty();
  }

  @Test
  void takesOfAnEventWhatItIsAboutWhateverItsVersion() {
    stripe.on(
        "GET /v1/events/evt_1",
        """
        {"id": "evt_1", "type": "invoice.paid", "created": 42, "api_version": "2019-02-19",
         "data": {"object": {"id": "in_1", "customer_email": "ada@example.org"}}}\
        """);
    stripe.on(
        "GET /v1/events/evt_2",
        """
        {"id": "evt_2", "type": "invoice.upcoming", "created": 42, "api_version": null,
         "data": {"object": {"object": "invoice"}}}\
        """);

    var at = Instant.ofEpochSecond(42);
    assertThat(payments.event("evt_1")).hasValue(new Event("evt_1", "invoice.paid", "in_1", at));
    assertThat(payments.event("evt_2")).hasValue(new Event("evt_2", "invoice.upcoming", "", at));
    assertThat(payments.event("evt_3")).isEmpty();
  }

  @Test
  void listsWhatCouldNotBeDeliveredTheOldestFirst() {
    var event = "{\"id\": \"evt_%d\", \"type\": \"x\", \"created\": %d, \"data\": {}}";
    stripe.on(
        "GET /v1/events",
        "{\"data\": [" + event.formatted(2, 2) + "," + event.formatted(1, 1) + "]}");

    assertThat(payments.undelivered()).extracting(Event::id).containsExactly("evt_1", "evt_2");
    assertThat(stripe.asked().getFirst().form()).contains("delivery_success=false");
  }

  // ── Things done once ───────────────────────────────────────────────────────────────────────

  @Test
  void toCancelWhatIsOverIsNoError() {
    stripe.refuse("DELETE /v1/subscriptions/sub_1", 404, "resource_missing");
    stripe.on("GET /v1/subscriptions/sub_1", subscription("sub_1", "canceled", 100));

    payments.cancel("sub_1");
    payments.cancel("sub_2");

    assertThat(stripe.calls()).contains("DELETE /v1/subscriptions/sub_1");
  }

  @Test
  void givesBackWhatWasPaidAndMindsNotWhatIsGivenBack() {
    stripe.on("GET /v1/invoices", "{\"data\": [" + invoice("in_1", "paid", true) + "]}");
    stripe.on(
        "GET /v1/invoice_payments",
        """
        {"data": [{"id": "inpay_1", "payment": {"type": "payment_intent", "payment_intent": "pi_1"}}]}\
        """);
    stripe.on("POST /v1/refunds", "{\"id\": \"re_1\"}");
    stripe.refuse("POST /v1/refunds", 400, "charge_already_refunded");

    payments.refund("sub_1");
    payments.refund("sub_1");

    assertThat(stripe.asked())
        .filteredOn(asked -> asked.call().equals("POST /v1/refunds"))
        .hasSize(2)
        .extracting(Asked::form, Asked::key)
        .containsOnly(org.assertj.core.groups.Tuple.tuple("payment_intent=pi_1", "refund-pi_1"));
  }

  @Test
  void marksWhatItGaveBackAndLeavesOneThatIsOver() {
    stripe.on("POST /v1/subscriptions/sub_1", "{\"id\": \"sub_1\"}");
    stripe.refuse("POST /v1/subscriptions/sub_2", 400, "resource_missing");
    stripe.on("GET /v1/subscriptions/sub_2", subscription("sub_2", "canceled", 200));
    stripe.refuse("POST /v1/subscriptions/sub_3", 400, "resource_missing");
    stripe.on("GET /v1/subscriptions/sub_3", subscription("sub_3", "active", 300));

    payments.markGivenBack("sub_1");
    payments.markGivenBack("sub_2");

    assertThat(stripe.asked().getFirst())
        .extracting(Asked::form, Asked::key)
        .containsExactly("metadata[given_back]=yes", "given-back-sub_1");
    assertThatThrownBy(() -> payments.markGivenBack("sub_3")).isInstanceOf(StripeRefusal.class);
    assertThat(payments.subscription("sub_3"))
        .hasValueSatisfying(found -> assertThat(found.givenBack()).isFalse());
    stripe.on(
        "GET /v1/subscriptions/sub_4",
        subscription("sub_4", "canceled", 400)
            .replaceFirst("\\{", "{\"metadata\": {\"given_back\": \"yes\"}, "));
    assertThat(payments.subscription("sub_4"))
        .hasValueSatisfying(found -> assertThat(found.givenBack()).isTrue());
  }

  // ── Failures ───────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @ValueSource(ints = {409, 429, 500, 502, 503})
  void isToBeAskedAgainWhereStripeDoesNotAnswerForNow(int status) {
    stripe.refuse("POST /v1/customers", status, "lock_timeout");
    stripe.on("POST /v1/customers", "{\"id\": \"cus_1\"}");

    assertThatThrownBy(() -> payments.customer("aPseudonym"))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("Stripe is unavailable")
        .rootCause()
        .hasMessageNotContainingAny("ada@", "aPseudonym");
    assertThat(payments.customer("aPseudonym")).isEqualTo("cus_1");
    assertThat(stripe.asked())
        .hasSize(2)
        .extracting(Asked::key)
        .containsOnly("customer-aPseudonym");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hang", "cut", "<html>a page of a proxy</html>", "[]", "", "{\"id\": "})
  void isToBeAskedAgainWhereNoAnswerComes(String body) {
    stripe.on("GET /v1/customers/cus_1", body);

    assertThatThrownBy(() -> payments.find("cus_1")).isInstanceOf(UnavailableException.class);
  }

  /** With the time that is deployed: who waits for us is answered within 29 s. */
  @Test
  void waitsTenSecondsAtMostForAnAnswer() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var deployed = StripeApi.of("sk_test_key", "http://127.0.0.1:" + silent.getLocalPort());

      assertTimeout(
          Duration.ofSeconds(10),
          () ->
              assertThatThrownBy(() -> deployed.find("/v1/customers", "cus_1", Map.of()))
                  .isInstanceOf(UnavailableException.class));
    }
  }

  @Test
  void isToBeAskedAgainWhereNobodyListens() {
    stripe.close();

    assertThatThrownBy(() -> payments.find("cus_1")).isInstanceOf(UnavailableException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 402, 403})
  void aRefusalSaysWhatStripeCallsItAndNotWhatItIsAbout(int status) {
    stripe.refuse("GET /v1/customers/cus_1", status, "parameter_unknown");

    assertThatThrownBy(() -> payments.find("cus_1"))
        .isInstanceOf(StripeRefusal.class)
        .hasMessage("Stripe answered " + status + " (parameter_unknown)")
        .hasNoCause();
  }

  @Test
  void aRefusalWithoutACodeIsOneAllTheSame() {
    stripe.on("GET /v1/customers/cus_1", 400, "<html>ada@example.org</html>");

    assertThatThrownBy(() -> payments.find("cus_1"))
        .isInstanceOf(StripeRefusal.class)
        .hasMessage("Stripe answered 400");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../charges", "cus_1?expand[]=data", "cus 1"})
  void whatIsNoNumberIsNotAskedFor(String id) {
    assertThatThrownBy(() -> payments.find(id)).isInstanceOf(IllegalArgumentException.class);
    assertThat(stripe.asked()).isEmpty();
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private static String subscription(String id, String status, int created) {
    return """
    {"id": "%s", "object": "subscription", "customer": "cus_1", "status": "%s", "created": %d,
     "cancel_at": null, "cancel_at_period_end": false, "ended_at": %s,
     "default_payment_method": {"id": "pm_1", "card": {"last4": "4242"}},
     "items": {"object": "list", "data": [{"id": "si_1", "current_period_end": 1000,
       "price": {"id": "price_1", "unit_amount": 1000}}]}}\
    """
        .formatted(id, status, created, status.equals("canceled") ? "900" : "null");
  }

  private static String invoice(String id, String status, boolean attempted) {
    return """
    {"id": "%s", "object": "invoice", "customer": "cus_1", "customer_email": "ada@example.org",
     "customer_name": "Ada", "status": "%s", "attempted": %s, "number": "ABC-0001", "created": 400,
     "currency": "eur", "total": 1190, "total_taxes": [{"amount": 190}],
     "status_transitions": {"finalized_at": 500},
     "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
     "default_source": {"last4": "4242"},
     "lines": {"object": "list", "data": [{"id": "il_1",
       "pricing": {"type": "price_details", "price_details": {"price": "price_1", "product": "prod_1"}}}]}}\
    """
        .formatted(id, status, attempted);
  }
}
