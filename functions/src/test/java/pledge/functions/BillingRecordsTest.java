package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.processor.Payments.Status.ACTIVE;
import static pledge.processor.Payments.Status.CANCELED;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.billing.BillingRecord;
import pledge.billing.OpenTask.What;
import pledge.billing.StripeEvents.Told;
import pledge.billing.Subscription;
import pledge.local.Options;
import pledge.local.StripeCard;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.OpenRequest;
import pledge.privacy.RemoteCopy;
import pledge.processor.stripe.StripeCustodian;
import pledge.processor.stripe.StripePayments;
import pledge.store.Store;
import pledge.vault.Environment;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Billing records: the person's for as long as there is one, and the law's for seven years. */
class BillingRecordsTest {
  private final Erasures people =
      new Erasures(
          Options.inMemory().withoutExpiry().withClockAt(Instant.parse("2028-02-29T09:30:00Z")));

  private final Bills bills = new Bills(people.machine);
  private final SubjectId ada = bills.customer(people.somebody());
  private final String customer = bills.number(ada);
  private final String pseudonym = bills.mirror(ada).pseudonym();

  @AfterEach
  void close() {
    bills.backstage.close();
    people.close();
  }

  private List<Map<String, AttributeValue>> kept() {
    return bills.backstage.raw(Table.BILLING);
  }

  /** Paid, and given back. */
  private String pay() {
    var paid = bills.stripe.subscribe(customer, ACTIVE, bills.now());
    var invoice = bills.stripe.bill(paid.id(), bills.now());
    bills.stripe.pay(invoice);
    bills.tell("invoice.paid", invoice);
    bills.tell("refund.created", bills.stripe.giveBack(customer, bills.now()));
    return paid.id();
  }

  @Test
  @DisplayName("right-access: a copy has the person's billing records, found by the pseudonym")
  void aCopyHasTheBillingRecords() {
    pay();
    var eve = bills.customer(people.somebody());
    var theirs = bills.stripe.subscribe(bills.number(eve), ACTIVE, bills.now());
    bills.tell("invoice.finalized", bills.stripe.bill(theirs.id(), bills.now()));
    people.account(ada);
    people.requests().export(ada);

    people.exports().advance(people.open(OpenRequest.What.EXPORT));

    var zip = PersonalZip.of(people.copied(ada));
    zip.assertValid();
    assertThat(zip.records(Category.BILLING_RECORD).findValuesAsText("kind"))
        .containsExactlyInAnyOrder("INVOICE", "REFUND");
    assertThat(zip.records(Category.BILLING_RECORD).findValuesAsText("id"))
        .noneMatch(bills.records(eve).getFirst().ref().id()::equals);
    assertThat(zip.lines(Category.BILLING_RECORD)).hasSize(3);
    assertThat(zip.records(Category.SUBSCRIPTION).findValuesAsText("pseudonym"))
        .contains(pseudonym);
  }

  @Test
  @DisplayName(
      "billing-7y: billing records outlive an erasure without anything that leads to the person,"
          + " and end after seven years")
  void billingRecordsOutliveAnErasureAndEndAfterSevenYears() {
    pay();
    var made = bills.now();
    var before = kept();
    assertThat(before).hasSize(2);
    var lookups = bills.found(ada).orElseThrow().lookups();
    assertThat(lookups).hasSize(2);
    var stripe = paidAtStripe();
    people.requests().erase(ada);

    people.toTheEnd(people.erasure(stripe), people.open());

    assertThat(RemoteCopy.all(bills.backstage.store()))
        .as("Stripe deletes the rest later")
        .hasSize(1);
    assertThat(kept()).as("untouched").isEqualTo(before);
    assertThat(kept()).allMatch(item -> text(item, "pk").equals(pseudonym));
    assertThat(kept().toString()).doesNotContain(ada.value(), customer);
    for (var table : Table.values()) {
      var raw = bills.backstage.raw(table).toString();
      assertThat(raw).as("nothing leads from a look-up: %s", table).doesNotContain(lookups);
      if (table != Table.BILLING) {
        assertThat(raw).as("nothing names the pseudonym: %s", table).doesNotContain(pseudonym);
      }
    }
    assertThat(people.traces(ada.value()).keySet())
        .as("the receipt, and what the next hour and day take from the lists")
        .containsExactly(Table.AUDIT);
    bills.hour();
    bills.reconciliation().run(() -> true);
    assertThat(people.traces(ada.value()).getOrDefault(Table.AUDIT, List.of()))
        .filteredOn(item -> !text(item, "pk").matches("receipt#.*|chain#ERASURE_RECEIPT"))
        .extracting(item -> text(item, "pk"))
        .containsOnly("assistants");

    var end = made.atZone(ZoneOffset.UTC).plusYears(7).toInstant();
    people.machine.clock().set(end.minusSeconds(1));
    assertThat(records(bills.backstage.store())).as("a second before").isEqualTo(2);
    people.machine.clock().set(end);
    assertThat(records(bills.backstage.store())).as("after seven years").isZero();
    people.machine.expireNow();
    people.machine.settle();
    assertThat(kept()).isEmpty();
  }

  /** Stripe, which does not redact what was paid there until it is 90 days old. */
  private StripeCustodian paidAtStripe() {
    var settings = people.machine.environment("ErasureFunction");
    var environment = new Environment(settings, people.machine.clock());
    var payments = StripePayments.of(environment);
    var paying = payments.customer(pseudonym);
    var page = payments.checkout(paying, pseudonym, "price_1LocalPersonal", pseudonym);
    assertThat(people.machine.stripe().pay(URI.create(page.url()), StripeCard.GOOD)).isPresent();
    return StripeCustodian.of(
        environment, person -> Subscription.numbers(bills.backstage.store(), person));
  }

  private long records(Store store) {
    return store.all(BillingRecord.KIND, pseudonym, Purpose.LEGAL_DUTY).size();
  }

  @Test
  @DisplayName("billing-7y: what Stripe tells of somebody who is erased leads to nobody")
  void whatStripeTellsOfSomebodyWhoIsErasedLeadsToNobody() {
    var subscription = pay();
    people.requests().erase(ada);
    people.toTheEnd(people.erasure(), people.open());
    bills.restart();
    var traces = people.traces(ada.value());
    // Not deleted at Stripe yet: the law wants what is charged still.
    var late = bills.stripe.bill(subscription, bills.now());
    bills.stripe.change(subscription, CANCELED, Optional.empty(), Optional.empty());

    assertThat(bills.tell("customer.subscription.deleted", subscription))
        .isEqualTo(Told.UNKNOWN_CUSTOMER);
    assertThat(bills.tell("invoice.paid", late)).isEqualTo(Told.UNKNOWN_CUSTOMER);
    assertThat(kept()).hasSize(3).allMatch(item -> text(item, "pk").equals(pseudonym));
    bills.stripe.delete(customer);
    assertThat(bills.tell("customer.deleted", customer)).isEqualTo(Told.UNKNOWN_CUSTOMER);
    assertThat(bills.tell("refund.created", bills.stripe.giveBack(customer, bills.now())))
        .isEqualTo(Told.UNKNOWN_CUSTOMER);

    assertThat(kept()).hasSize(3);
    assertThat(people.traces(ada.value())).isEqualTo(traces);
    assertThat(bills.found(ada)).isEmpty();
  }

  @Test
  @DisplayName("erase-everywhere: a worker that comes late brings nothing back")
  void aWorkerThatComesLateBringsNothingBack() {
    var subscription = pay();
    people.requests().erase(ada);
    var open = people.open();
    people.until(Stage.TELL, people.erasure(), open);
    // It has the mirror, and its key, in hand when all is deleted.
    bills.stripe.change(subscription, CANCELED, Optional.empty(), Optional.of(bills.now()));
    bills.stripe.meanwhile(
        () -> bills.stripe.meanwhile(() -> bills.stripe.meanwhile(() -> erase(open))));

    assertThat(bills.tell("customer.subscription.deleted", subscription))
        .isEqualTo(Told.UNKNOWN_CUSTOMER);

    assertThat(people.traces(ada.value()).keySet()).containsExactly(Table.AUDIT);
    assertThat(bills.task(What.SUBSCRIBED, ada)).isPresent();
    bills.reconciliation().run(() -> true);
    assertThat(bills.task(What.SUBSCRIBED, ada)).isEmpty();
  }

  private void erase(String open) {
    people.toTheEnd(people.erasure(), open);
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return item.getOrDefault(name, AttributeValue.fromS("")).s();
  }
}
