package pledge.processor.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.TestMachine;
import pledge.local.StripeCard;
import pledge.local.StripeStandIn;
import pledge.processor.Custodian.Answer;
import pledge.processor.Custodian.Handover;
import pledge.processor.Payments;
import pledge.processor.Payments.Status;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/** What becomes of a person's data at Stripe, asked of a stand-in that refuses what Stripe does. */
class StripeCustodianTest {
  private static final String PRICE = "price_1LocalPersonal";

  private final StripeStandIn stripe = TestMachine.machine().stripe();
  private final StripeApi api = StripeApi.of(StripeStandIn.KEY, stripe.address().toString(), 1_000);
  private final Payments payments = new StripePayments(api, "https://pledge.example.org");
  private final String pseudonym = Secrets.text(Secrets.random(16));
  private final StripeCustodian custodian =
      new StripeCustodian(api, _ -> List.of(), TestMachine.clock());

  @BeforeEach
  @AfterEach
  void nothingGoesWrong() {
    stripe.faults().reset();
  }

  @Test
  void knowsAPersonByWhatTheirRecordsSay() {
    var person = SubjectId.random();
    var knows =
        new StripeCustodian(api, who -> List.of("cus_of", who.value()), TestMachine.clock());

    assertThat(knows.numbers(person)).containsExactly("cus_of", person.value());
  }

  @Test
  @DisplayName("erase-everywhere: who never paid is gone from Stripe at once")
  void whoNeverPaidIsGoneAtOnce() {
    var customer = payments.customer(pseudonym);

    assertThat(custodian.erase(List.of(customer, pseudonym))).isEqualTo(new Answer.Gone());

    assertThat(payments.find(customer)).hasValueSatisfying(it -> assertThat(it.deleted()).isTrue());
  }

  @Test
  @DisplayName("cancel-deprovisions: what is charged again ends with the customer")
  void whatIsPaidAgainEndsFirstAndPaymentsOf90DaysRemain() {
    var customer = subscribed();
    var now = TestMachine.clock().instant();

    assertThat(custodian.erase(List.of(customer, pseudonym)))
        .isEqualTo(
            new Answer.Later(
                "payments of the last 90 days, and what was typed in to make them",
                now.plus(Duration.ofDays(97))));

    assertThat(payments.find(customer)).hasValueSatisfying(it -> assertThat(it.deleted()).isTrue());
    assertThat(payments.subscriptions(customer))
        .extracting(Payments.PaidSubscription::status)
        .containsExactly(Status.CANCELED);
  }

  @Test
  @DisplayName("erase-everywhere: payments are redacted when they are old enough")
  void whatRemainedIsRedactedWhenItIsAskedForAgain() {
    var customer = subscribed();
    var answer = (Answer.Later) custodian.erase(List.of(customer));
    TestMachine.clock().advance(Duration.between(TestMachine.clock().instant(), answer.until()));

    assertThat(custodian.erase(List.of(customer))).isEqualTo(new Answer.Gone());

    assertThat(stripe.numbers("charge").stream().map(stripe::json))
        .filteredOn(charge -> charge.contains(customer))
        .isNotEmpty()
        .noneMatch(charge -> charge.contains("\"billing_details\":{"));
    assertThat(custodian.erase(List.of(customer))).as("again").isEqualTo(new Answer.Gone());
  }

  @Test
  void toAskAgainChangesNothing() {
    var customer = subscribed();

    var first = custodian.erase(List.of(customer, pseudonym));
    var second = custodian.erase(List.of(customer, pseudonym));

    assertThat(second).isEqualTo(first);
    assertThat(payments.subscriptions(customer)).hasSize(1);
  }

  @Test
  void aCustomerWhoseNumberNobodyWroteDownIsFoundByThePseudonym() {
    var customer = payments.customer(pseudonym);

    assertThat(custodian.erase(List.of(pseudonym))).isEqualTo(new Answer.Gone());

    assertThat(payments.find(customer)).hasValueSatisfying(it -> assertThat(it.deleted()).isTrue());
  }

  @Test
  void whomStripeDoesNotKnowIsGone() {
    assertThat(custodian.erase(List.of("cus_nobody", pseudonym))).isEqualTo(new Answer.Gone());
  }

  @Test
  void anothersCustomerIsLeftAlone() {
    var neighbour = payments.customer(Secrets.text(Secrets.random(16)));
    var before = stripe.json(neighbour);

    custodian.erase(List.of(subscribed(), pseudonym));

    assertThat(stripe.json(neighbour)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void isAskedAgainWhereStripeFails(int status) {
    var customer = subscribed();
    stripe.faults().failNext(1, status);

    assertThatThrownBy(() -> custodian.erase(List.of(customer)))
        .isInstanceOf(UnavailableException.class);

    assertThat(custodian.erase(List.of(customer))).isInstanceOf(Answer.Later.class);
  }

  /** A call is not done, or is done and nobody hears of it: the next try finds out. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void whereverItBreaksOffTheNextTryGoesOn(int call) {
    for (var done : List.of(true, false)) {
      var customer = subscribed();
      stripe.faults().reset();
      if (done) {
        stripe.faults().cutAfter(call);
      } else {
        stripe.faults().cutBefore(call);
      }
      Answer answer;
      try {
        answer = custodian.erase(List.of(customer));
      } catch (UnavailableException e) {
        // A connection that is cut is tried once more by the JDK, where nothing is to be done by
        // it.
        answer = custodian.erase(List.of(customer));
      }

      assertThat(stripe.faults().calls()).hasSizeGreaterThanOrEqualTo(call);
      assertThat(answer).isInstanceOf(Answer.Later.class);
      assertThat(payments.find(customer))
          .hasValueSatisfying(it -> assertThat(it.deleted()).isTrue());
      assertThat(payments.subscriptions(customer))
          .extracting(Payments.PaidSubscription::status)
          .containsExactly(Status.CANCELED);
    }
  }

  @Test
  void isAskedAgainWhereStripeIsTooSlow() {
    var customer = payments.customer(pseudonym);
    stripe.faults().delay(Duration.ofMillis(1_500));

    assertThatThrownBy(() -> custodian.erase(List.of(customer)))
        .isInstanceOf(UnavailableException.class);

    stripe.faults().reset();
    assertThat(custodian.erase(List.of(customer))).isEqualTo(new Answer.Gone());
  }

  @Test
  void whereStripeDoesNotRedactSomebodyHasToSeeToIt() {
    try (var scripted = new ScriptedStripe()) {
      scripted.on("GET /v1/customers/cus_1", "{\"id\": \"cus_1\", \"deleted\": true}");
      scripted.refuse("POST /v1/privacy/redaction_jobs", 403, "preview_not_enabled");
      var refused =
          new StripeCustodian(scripted.api(), _ -> List.of(), TestMachine.clock())
              .erase(List.of("cus_1"));

      assertThat(refused)
          .isEqualTo(
              new Answer.Refused(
                  "Stripe does not redact payments for this account: preview_not_enabled"));
      assertThat(scripted.asked().getLast().version()).endsWith(".preview");
    }
  }

  @ParameterizedTest(name = "erase-everywhere: of several customers, the {0} refused, it is no")
  @ValueSource(strings = {"first", "last"})
  void oneThatIsRefusedIsSomebodysToSeeToWhateverBecomesOfTheOthers(String which) {
    try (var scripted = new ScriptedStripe()) {
      for (var customer : List.of("cus_1", "cus_2")) {
        scripted.on(
            "GET /v1/customers/" + customer, "{\"id\": \"" + customer + "\", \"deleted\": true}");
      }
      var job = "{\"id\": \"prj_1\", \"status\": \"failed\", \"validation_errors\": []}";
      if (which.equals("last")) {
        scripted.on("POST /v1/privacy/redaction_jobs", job);
      }
      scripted.refuse("POST /v1/privacy/redaction_jobs", 403, "preview_not_enabled");
      scripted.on("POST /v1/privacy/redaction_jobs", job);

      assertThat(
              new StripeCustodian(scripted.api(), _ -> List.of(), TestMachine.clock())
                  .erase(List.of("cus_1", "cus_2")))
          .isInstanceOf(Answer.Refused.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"validating", "redacting", "canceling"})
  void whileARedactionIsUnderWayItIsAskedAgain(String status) {
    try (var scripted = new ScriptedStripe()) {
      scripted.on("GET /v1/customers/cus_1", "{\"id\": \"cus_1\", \"deleted\": true}");
      var job = "{\"id\": \"prj_1\", \"status\": \"" + status + "\"}";
      scripted.on("POST /v1/privacy/redaction_jobs", job);
      scripted.on("GET /v1/privacy/redaction_jobs/prj_1", job);
      var waiting = new StripeCustodian(scripted.api(), _ -> List.of(), TestMachine.clock());

      assertThatThrownBy(() -> waiting.erase(List.of("cus_1")))
          .isInstanceOf(UnavailableException.class);
      assertThat(scripted.calls()).doesNotContain("POST /v1/privacy/redaction_jobs/prj_1/run");
    }
  }

  // ── Copies ─────────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("right-access, no-card-data: a copy has what Stripe holds, and no digit of a card")
  void handsOverWhatStripeHoldsWithoutADigitOfACard() throws IOException {
    var customer = subscribed();
    var documents = new Kept();

    assertThat(custodian.copy(List.of(customer, pseudonym), documents))
        .isEqualTo(new Handover.HandedOver());

    assertThat(documents.all.keySet())
        .containsExactly("customer.json", "subscriptions.json", "invoices.json", "payments.json");
    assertThat(documents.text("customer.json")).contains(customer, "pseudonym");
    assertThat(documents.text("subscriptions.json")).contains("\"active\"");
    assertThat(documents.text("invoices.json")).contains("\"paid\"");
    assertThat(documents.text("payments.json")).contains("\"succeeded\"");
    for (var trace : StripeCard.traces()) {
      assertThat(documents.all.values())
          .noneMatch(bytes -> bytes.toString(StandardCharsets.UTF_8).contains("\"" + trace));
    }
  }

  @Test
  void ofWhomStripeKnowsNothingThereIsNothingToHandOver() throws IOException {
    var documents = new Kept();

    custodian.copy(List.of("cus_nobody"), documents);

    assertThat(documents.text("customer.json")).isEqualTo("[]\n");
  }

  @Test
  void aCopyThatStripeBreaksOffIsAskedForAgain() {
    var customer = payments.customer(pseudonym);
    stripe.faults().failNext(1, 500);

    assertThatThrownBy(() -> custodian.copy(List.of(customer), new Kept()))
        .isInstanceOf(UnavailableException.class);
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private String subscribed() {
    var another = Secrets.text(Secrets.random(16));
    var customer = payments.customer(another);
    var page = payments.checkout(customer, another, PRICE, another);
    assertThat(stripe.pay(URI.create(page.url()), StripeCard.GOOD)).isPresent();
    return customer;
  }

  private static final class Kept implements pledge.processor.Documents {
    private final Map<String, ByteArrayOutputStream> all = new LinkedHashMap<>();

    @Override
    public ByteArrayOutputStream begin(String name) {
      var document = new ByteArrayOutputStream();
      all.put(name, document);
      return document;
    }

    String text(String name) {
      return all.getOrDefault(name, new ByteArrayOutputStream()).toString(StandardCharsets.UTF_8);
    }
  }
}
