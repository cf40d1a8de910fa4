package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.billing.Subscription;
import pledge.local.StripeCard;
import pledge.policy.AtErasure;
import pledge.policy.Category;
import pledge.policy.Processor;
import pledge.policy.Table;
import pledge.privacy.Custodians;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.ProcessorLine.State;
import pledge.privacy.RemoteCopies;
import pledge.privacy.RemoteCopy;
import pledge.processor.Payments;
import pledge.processor.stripe.StripeCustodian;
import pledge.processor.stripe.StripePayments;
import pledge.store.Found;
import pledge.vault.Environment;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;

/** A person who paid is erased: here, at Stripe, and what Stripe keeps for a while in the end. */
class StripeErasureTest {
  private final Erasures erasures = new Erasures();
  private final Environment environment =
      new Environment(erasures.machine.environment("ErasureFunction"), erasures.machine.clock());
  private final Payments payments = StripePayments.of(environment);
  private final StripeCustodian stripe =
      StripeCustodian.of(
          environment, person -> Subscription.numbers(erasures.backstage.store(), person));
  private final String pseudonym = Secrets.text(Secrets.random(16));
  private final SubjectId person = erasures.somebody();

  @AfterEach
  void close() {
    erasures.close();
  }

  @Test
  @DisplayName(
      "erase-everywhere: the receipt says what Stripe keeps and until when, and then it goes")
  void theReceiptSaysWhatStripeKeepsAndThenItGoes() {
    var customer = paid();
    subscription(Optional.of(customer));
    var id = erasures.requests().erase(person);

    erasures.toTheEnd(erasures.erasure(stripe), erasures.open());

    assertThat(payments.find(customer)).map(Payments.Customer::deleted).hasValue(true);
    var says = says(id);
    var copies = copies();
    assertThat(copies).extracting(copy -> copy.ref().id()).containsExactly("STRIPE#" + customer);
    assertThat(erasures.traces(pseudonym)).as("billing records stand under it").isEmpty();
    var until = copies.getFirst().value().answer().until().orElseThrow();
    assertThat(says.substring(says.indexOf("\"residue\"")))
        .contains("Stripe", "payments of the last 90 days", until.toString())
        .contains("the number by which Stripe is asked again then")
        .contains(until.plus(Duration.ofDays(Table.AUDIT.backupDays())).toString());
    assertThat(says).doesNotContain(customer, pseudonym);

    erasures.machine.clock().set(until.minus(Duration.ofHours(1)));
    copies.forEach(this::goOn);
    assertThat(copies()).as("an hour before").hasSize(1);
    erasures.machine.clock().advance(Duration.ofHours(2));
    copies.forEach(this::goOn);
    assertThat(copies()).isEmpty();
    assertThat(charges(customer)).isNotEmpty().noneMatch(charge -> charge.contains("Cardholder"));
  }

  @Test
  @DisplayName("erase-everywhere: who never paid leaves nothing at Stripe")
  void whoNeverPaidLeavesNothingAtStripe() {
    var customer = payments.customer(pseudonym);
    // Whoever made the customer died before its number was written down.
    subscription(Optional.empty());
    var id = erasures.requests().erase(person);

    erasures.toTheEnd(erasures.erasure(stripe), erasures.open());

    assertThat(payments.find(customer)).map(Payments.Customer::deleted).hasValue(true);
    assertThat(copies()).isEmpty();
    assertThat(says(id)).contains("\"GONE\"");
  }

  @Test
  @DisplayName("erase-everywhere: an erasure waits for Stripe, and goes on when it answers")
  void anErasureWaitsForStripe() {
    var customer = paid();
    subscription(Optional.of(customer));
    erasures.requests().erase(person);
    erasures.machine.stripe().faults().failNext(1_000, 429);

    erasures.until(Stage.CONFIRM, erasures.erasure(stripe), erasures.open());

    assertThat(stateOfStripe()).isEqualTo(State.FAILED);
    erasures.machine.stripe().faults().reset();
    erasures.toTheEnd(erasures.erasure(stripe), erasures.open());
    assertThat(payments.find(customer)).map(Payments.Customer::deleted).hasValue(true);
  }

  @Test
  @DisplayName("erase-everywhere: a hold keeps what Stripe has, and nobody is charged again")
  void whatIsHeldIsKeptAndNobodyIsChargedAgain() {
    var customer = paid();
    subscription(Optional.of(customer));
    var holds = new Holds(erasures.machine, erasures.backstage);
    var hold = holds.confirmed(person, Duration.ofDays(365), true, Category.SUBSCRIPTION);
    erasures.requests().erase(person);
    erasures.machine.clock().advance(AtErasure.CHANGE_OF_MIND);
    payments.checkout(customer, pseudonym, "price_1LocalPersonal", "another");
    erasures.machine.stripe().faults().failNext(1, 500);

    for (var time = 0; time < 20; time++) {
      erasures.advance(erasures.erasure(stripe), erasures.open());
      erasures.machine.clock().advance(Duration.ofHours(1));
    }

    assertThat(payments.subscriptions(customer))
        .singleElement()
        .matches(subscription -> subscription.status() == Payments.Status.CANCELED);
    assertThat(payments.find(customer)).map(Payments.Customer::deleted).hasValue(false);
    var standIn = erasures.machine.stripe();
    assertThat(standIn.numbers("checkout.session"))
        .as("on no page that was open anybody pays any more")
        .extracting(standIn::json)
        .satisfiesExactlyInAnyOrder(
            page -> assertThat(page).contains("\"status\":\"complete\""),
            page -> assertThat(page).contains("\"status\":\"expired\""));

    holds.end(hold);
    erasures.toTheEnd(erasures.erasure(stripe), erasures.open());
    assertThat(payments.find(customer)).map(Payments.Customer::deleted).hasValue(true);
  }

  @Test
  void ofWhomNeverWentToPayStripeIsNotAsked() {
    var id = erasures.requests().erase(person);

    erasures.machine.stripe().faults().reset();
    erasures.toTheEnd(erasures.erasure(stripe), erasures.open());

    assertThat(erasures.machine.stripe().faults().calls()).isEmpty();
    assertThat(says(id)).contains("KNOWS_NOTHING");
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private String paid() {
    var customer = payments.customer(pseudonym);
    var page = payments.checkout(customer, pseudonym, "price_1LocalPersonal", pseudonym);
    assertThat(erasures.machine.stripe().pay(URI.create(page.url()), StripeCard.GOOD)).isPresent();
    return customer;
  }

  private void subscription(Optional<String> customer) {
    var none = Optional.<Instant>empty();
    erasures
        .backstage
        .store()
        .insert(
            Subscription.KIND.in(person.value()),
            new Subscription(
                "1",
                pseudonym,
                customer,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                none,
                none,
                none,
                none),
            Instant.MAX);
  }

  private State stateOfStripe() {
    var request = erasures.requests().all(person).getFirst().value();
    return Objects.requireNonNull(request.processors().get(Processor.STRIPE)).state();
  }

  private List<String> charges(String customer) {
    var standIn = erasures.machine.stripe();
    return standIn.numbers("charge").stream()
        .map(standIn::json)
        .filter(charge -> charge.contains(customer))
        .toList();
  }

  private List<Found<RemoteCopy>> copies() {
    return RemoteCopy.all(erasures.backstage.store());
  }

  private void goOn(Found<RemoteCopy> copy) {
    new RemoteCopies(
            erasures.backstage.store(),
            new Custodians(List.of(stripe), Duration.ofSeconds(5)),
            erasures.machine.clock())
        .advance(copy.ref().sort());
  }

  private String says(String request) {
    return ErasureTest.says(erasures.receipt(request).signed());
  }
}
