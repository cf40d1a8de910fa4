package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pledge.processor.Payments.Status.ACTIVE;
import static pledge.processor.Payments.Status.CANCELED;
import static pledge.processor.Payments.Status.INCOMPLETE;
import static pledge.processor.Payments.Status.PAST_DUE;
import static pledge.processor.Payments.Status.TRIALING;

import com.stripe.Stripe;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pledge.billing.BillingRecord;
import pledge.billing.Checkouts.Opened;
import pledge.billing.Mirror.Brought;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.billing.StripeEvents;
import pledge.billing.StripeEvents.Told;
import pledge.billing.Subscription;
import pledge.billing.Subscription.Entitlement;
import pledge.policy.Table;
import pledge.processor.Payments.Status;
import pledge.subject.Leaving;
import pledge.subject.Notice;
import pledge.subject.Notice.About;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/** What follows from what Stripe says, one thing after the other. */
class BillingTest {
  private static Bills bills;

  private SubjectId ada = SubjectId.random();
  private String customer = "";

  @BeforeAll
  static void start() {
    bills = new Bills();
  }

  @AfterAll
  static void stop() {
    bills.close();
  }

  @BeforeEach
  void meetSomebodyNew() {
    bills.stripe.reset();
    bills.machine.dynamo().reset();
    ada = bills.customer();
    customer = bills.number(ada);
  }

  private String subscribed() {
    var paid = bills.stripe.subscribe(customer, ACTIVE, bills.now());
    bills.tell("customer.subscription.created", paid.id());
    return paid.id();
  }

  private String overdue() {
    var subscription = subscribed();
    var invoice = bills.stripe.bill(subscription, bills.now());
    bills.stripe.fail(invoice, bills.now());
    bills.tell("invoice.payment_failed", invoice);
    return invoice;
  }

  private static void cancel(String subscription) {
    bills.stripe.change(subscription, CANCELED, Optional.empty(), Optional.of(bills.now()));
  }

  // ── The mirror ─────────────────────────────────────────────────────────────────────────────

  @Test
  void aSubscriptionThatIsPaidEntitlesToAnAssistant() {
    var paid = bills.stripe.subscribe(customer, ACTIVE, bills.now());

    assertThat(bills.tell("checkout.session.completed", bills.stripe.checkedOut(customer)))
        .isEqualTo(Told.DONE);

    var mirror = bills.mirror(ada);
    assertThat(mirror.subscription()).hasValue(paid.id());
    assertThat(mirror.plan()).hasValue("monthly");
    assertThat(mirror.status()).hasValue(ACTIVE);
    assertThat(mirror.paidUntil()).isEqualTo(paid.paidUntil());
    assertThat(mirror.entitlement()).isEqualTo(Entitlement.RUNNING);
    assertThat(bills.task(What.ASSISTANT, ada)).isPresent();
    assertThat(bills.task(What.SUBSCRIBED, ada)).isPresent();
    assertThat(bills.task(What.OVERDUE, ada)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void everyStatusEntitlesToWhatItIsWorthAndSaysWhetherSomethingIsOwed(Status status) {
    var paid = bills.stripe.subscribe(customer, status, bills.now());

    bills.tell("customer.subscription.updated", paid.id());

    var mirror = bills.mirror(ada);
    assertThat(mirror.entitlement())
        .isEqualTo(
            switch (status) {
              case TRIALING, ACTIVE, PAST_DUE -> Entitlement.RUNNING;
              case UNPAID, PAUSED -> Entitlement.SUSPENDED;
              case INCOMPLETE, INCOMPLETE_EXPIRED, CANCELED -> Entitlement.NONE;
            });
    var owes =
        switch (status) {
          case PAST_DUE, UNPAID -> true;
          case TRIALING, ACTIVE, PAUSED, INCOMPLETE, INCOMPLETE_EXPIRED, CANCELED -> false;
        };
    assertThat(mirror.overdueSince().isPresent()).isEqualTo(owes);
    assertThat(bills.task(What.OVERDUE, ada).isPresent()).isEqualTo(owes);
    assertThat(mirror.isLive()).isEqualTo(!status.over());
  }

  @Test
  void aPriceThatIsSoldNoMoreIsPaidForLikeAnyOther() {
    var paid = bills.stripe.subscribe(customer, "price_of_before", ACTIVE, bills.now());

    bills.tell("customer.subscription.created", paid.id());

    assertThat(bills.mirror(ada).plan()).isEmpty();
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
    assertThat(bills.reconciliation().run(() -> true).repaired()).isZero();
  }

  @Test
  @DisplayName("cancel-deprovisions: the subscription's end has the assistant deleted")
  void theEndOfASubscriptionHasTheAssistantDeleted() {
    var subscription = subscribed();
    bills.assistantIsDone(ada);
    cancel(subscription);

    bills.tell("customer.subscription.deleted", subscription);
    bills.tell("customer.subscription.deleted", subscription);

    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.NONE);
    assertThat(bills.mirror(ada).endsAt()).isPresent();
    assertThat(bills.task(What.ASSISTANT, ada)).isPresent();
    assertThat(bills.task(What.SUBSCRIBED, ada)).isEmpty();
  }

  @Test
  @DisplayName("cancel-deprovisions: at the end of what is paid, and not when it is cancelled")
  void whoCancelsKeepsTheAssistantForWhatIsPaid() {
    var subscription = subscribed();
    bills.assistantIsDone(ada);
    var end = Optional.of(bills.now().plus(Duration.ofDays(30)));
    bills.stripe.change(subscription, ACTIVE, Optional.empty(), end);

    bills.tell("customer.subscription.updated", subscription);

    assertThat(bills.mirror(ada).endsAt()).isEqualTo(end);
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
    assertThat(bills.task(What.ASSISTANT, ada)).as("nothing to be done").isEmpty();
  }

  @Test
  void whatIsWokenWhileSomebodyIsAtItIsNotTakenOut() {
    var subscription = subscribed();
    var read = bills.task(What.ASSISTANT, ada).orElseThrow();

    cancel(subscription);
    bills.tell("customer.subscription.deleted", subscription);

    // In the same millisecond, for the clock stands still.
    assertThat(bills.task(What.ASSISTANT, ada).orElseThrow().value().wokenAt())
        .isAfter(read.value().wokenAt());
    assertThat(
            bills
                .store()
                .transaction()
                .deleteExisting(read.ref(), OpenTask.unchanged(read))
                .commit()
                .written())
        .isFalse();
  }

  @Test
  void whatChangesNothingWritesNothing() {
    var subscription = subscribed();
    var revision = bills.mirror(ada).revision();
    bills.machine.dynamo().reset();

    assertThat(bills.tell("customer.subscription.updated", subscription)).isEqualTo(Told.DONE);

    assertThat(bills.machine.dynamo().writes()).isZero();
    assertThat(bills.mirror(ada).revision()).isEqualTo(revision);
  }

  @Test
  void whoComesBackAfterTheEndIsSubscribedAgain() {
    cancel(subscribed());
    bills.machine.clock().advance(Duration.ofDays(1));
    assertThat(bills.checkouts().checkout(ada, "monthly")).isInstanceOf(Opened.At.class);

    var again = subscribed();

    assertThat(bills.mirror(ada).subscription()).hasValue(again);
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
    assertThat(bills.stripe.done).noneMatch(done -> done.contains(again));
  }

  @Test
  @DisplayName("cancel-deprovisions: a customer who is deleted at Stripe has no subscription")
  void aCustomerWhoIsDeletedThereHasNoSubscription() {
    subscribed();
    bills.stripe.delete(customer);

    assertThat(bills.tell("customer.deleted", customer)).isEqualTo(Told.DONE);

    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.NONE);
    assertThat(bills.mirror(ada).customer()).as("another can be made").isEmpty();
    assertThat(bills.task(What.SUBSCRIBED, ada)).isEmpty();
    assertThat(bills.task(What.ASSISTANT, ada)).isPresent();
    assertThat(bills.checkouts().checkout(ada, "monthly")).isInstanceOf(Opened.At.class);
    assertThat(bills.number(ada)).isNotEqualTo(customer);
  }

  // ── Two that are paid ──────────────────────────────────────────────────────────────────────

  @ParameterizedTest(name = "two pages that are both paid: told of the {0} first")
  @ValueSource(strings = {"older", "younger"})
  void ofTwoThatArePaidOneIsCancelledAndRefunded(String first) {
    var older = bills.stripe.subscribe(customer, ACTIVE, bills.now());
    var younger = bills.stripe.subscribe(customer, ACTIVE, bills.now().plusSeconds(1));
    var order = first.equals("older") ? List.of(older, younger) : List.of(younger, older);

    order.forEach(paid -> bills.tell("customer.subscription.created", paid.id()));
    order.forEach(paid -> bills.tell("customer.subscription.updated", paid.id()));

    assertThat(bills.stripe.done)
        .filteredOn(done -> done.contains(older.id()) || done.contains(younger.id()))
        .containsExactly("refund " + younger.id(), "cancel " + younger.id());
    assertThat(bills.mirror(ada).subscription()).hasValue(older.id());
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
  }

  @Test
  void ofTwoOfOneSecondTheSameIsKeptByEverybody() {
    var at = bills.now();
    var one = bills.stripe.subscribe(customer, ACTIVE, at);
    var other = bills.stripe.subscribe(customer, ACTIVE, at);

    bills.tell("customer.subscription.created", other.id());

    assertThat(bills.mirror(ada).subscription()).hasValue(one.id());
    assertThat(bills.stripe.done).contains("refund " + other.id());
  }

  @Test
  void ofTwoOfOneSecondTheOneThatWasKeptIsShownAlsoAfterItsEnd() {
    var at = bills.now();
    var one = bills.stripe.subscribe(customer, ACTIVE, at);
    bills.stripe.subscribe(customer, ACTIVE, at);
    bills.tell("customer.subscription.created", one.id());

    cancel(one.id());
    bills.tell("customer.subscription.deleted", one.id());

    assertThat(bills.mirror(ada).subscription()).hasValue(one.id());
  }

  @Test
  @DisplayName(
      "erase-everywhere: what is paid after the wish to be erased is given back, begins nothing")
  void whatIsPaidOnAnOldPageByWhoIsLeavingIsGivenBack() {
    bills.store().change(Leaving.ref(ada), Leaving.begin("a-request"));
    var paid = bills.stripe.subscribe(customer, ACTIVE, bills.now());

    bills.tell("checkout.session.completed", bills.stripe.checkedOut(customer));
    bills.tell("customer.subscription.created", paid.id());

    assertThat(bills.stripe.done)
        .filteredOn(done -> done.contains(paid.id()))
        .containsExactly("refund " + paid.id(), "cancel " + paid.id());
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.NONE);
    assertThat(bills.task(What.ASSISTANT, ada)).isEmpty();
  }

  @Test
  @DisplayName("erase-everywhere: also what takes the place of what was paid before")
  void whatTakesTheOldOnesPlaceWhileItsPersonIsLeavingIsGivenBack() {
    var old = subscribed();
    bills.store().change(Leaving.ref(ada), Leaving.begin("a-request"));
    cancel(old);
    var paid = bills.stripe.subscribe(customer, ACTIVE, bills.now().plusSeconds(1));

    // One message tells of both.
    bills.tell("checkout.session.completed", bills.stripe.checkedOut(customer));

    assertThat(bills.stripe.done).contains("refund " + paid.id(), "cancel " + paid.id());
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.NONE);
  }

  @ParameterizedTest(
      name = "erase-everywhere: what a bank pays late is given back as well; erased meanwhile: {0}")
  @ValueSource(booleans = {false, true})
  void whatABankPaysLateForWhoIsLeavingIsGivenBackAsWell(boolean erased) {
    bills.store().change(Leaving.ref(ada), Leaving.begin("a-request"));
    var paid = bills.stripe.subscribe(customer, ACTIVE, bills.now());
    var invoice = bills.stripe.bill(paid.id(), bills.now());
    bills.tell("customer.subscription.created", paid.id());
    assertThat(bills.stripe.now(paid.id()).status()).isEqualTo(CANCELED);
    bills.stripe.done.clear();
    if (erased) {
      bills.stripe.delete(customer);
      bills.store().delete(Subscription.KIND.in(ada.value()));
    }

    bills.stripe.pay(invoice);
    bills.tell("invoice.paid", invoice);
    bills.tell("invoice.paid", invoice);

    assertThat(bills.stripe.done).containsExactly("refund " + paid.id());
  }

  @Test
  @DisplayName("erase-everywhere: who is leaving keeps until then what was paid before")
  void whoIsLeavingKeepsWhatWasPaidBefore() {
    var paid = subscribed();
    bills.store().change(Leaving.ref(ada), Leaving.begin("a-request"));
    var end = bills.now().plus(Duration.ofDays(60));
    bills.stripe.change(paid, ACTIVE, Optional.of(end), Optional.empty());

    bills.tell("customer.subscription.updated", paid);

    assertThat(bills.mirror(ada).paidUntil()).hasValue(end);
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
    assertThat(bills.stripe.done).noneMatch(done -> done.contains(paid));
  }

  @Test
  void whatNobodyPaidYetGivesWayToWhatIsPaid() {
    var unpaid = bills.stripe.subscribe(customer, INCOMPLETE, bills.now());
    var paid = bills.stripe.subscribe(customer, ACTIVE, bills.now().plusSeconds(60));

    bills.tell("customer.subscription.created", unpaid.id());

    assertThat(bills.mirror(ada).subscription()).hasValue(paid.id());
    assertThat(bills.stripe.now(unpaid.id()).status()).isEqualTo(CANCELED);
    assertThat(bills.stripe.now(paid.id()).status()).isEqualTo(ACTIVE);
  }

  @Test
  void whatStripeRefusesToGiveBackHoldsUpNothingElseAndStaysInTheWay() {
    var first = subscribed();
    var second = bills.stripe.subscribe(customer, ACTIVE, bills.now().plusSeconds(1));
    bills.stripe.refusesToRefund.add(second.id());
    var end = bills.now().plus(Duration.ofDays(60));
    bills.stripe.change(first, ACTIVE, Optional.of(end), Optional.empty());
    var event = bills.stripe.event("customer.subscription.updated", first);

    for (var time = 0; time < 2; time++) {
      assertThatThrownBy(() -> bills.events().handle(event))
          .isInstanceOf(IllegalStateException.class);
      assertThat(bills.mirror(ada).paidUntil()).hasValue(end);
    }
    assertThat(bills.reconciliation().run(() -> true).failed()).as("an alarm waits").isPositive();
    bills.stripe.refusesToRefund.clear();
    assertThat(bills.events().handle(event)).isEqualTo(Told.DONE);

    assertThat(bills.stripe.now(second.id()).status()).isEqualTo(CANCELED);
    assertThat(bills.mirror(ada).subscription()).hasValue(first);
  }

  @Test
  void whatABankPaysLateForASecondSubscriptionIsGivenBackAsWell() {
    var first = subscribed();
    var second = bills.stripe.subscribe(customer, ACTIVE, bills.now().plusSeconds(1));
    var invoice = bills.stripe.bill(second.id(), bills.now());
    bills.tell("customer.subscription.created", second.id());
    bills.stripe.done.clear();

    bills.stripe.pay(invoice);
    bills.tell("invoice.paid", invoice);

    assertThat(bills.stripe.done).containsExactly("refund " + second.id());
    assertThat(bills.mirror(ada).subscription()).hasValue(first);
  }

  @Test
  void whatIsPaidForTheOnlyOneIsNeverGivenBack() {
    var first = subscribed();
    var old = bills.stripe.bill(first, bills.now());
    cancel(first);
    bills.machine.clock().advance(Duration.ofDays(1));
    var second = subscribed();
    var invoice = bills.stripe.bill(second, bills.now());
    bills.stripe.done.clear();

    for (var paid : List.of(old, invoice)) {
      bills.stripe.pay(paid);
      bills.tell("invoice.paid", paid);
    }

    assertThat(bills.stripe.done).isEmpty();
  }

  // ── What is overdue ────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("cancel-deprovisions: a failed payment has a grace period with notices first")
  void aFailedPaymentHasAGracePeriodWithNoticesFirst() {
    overdue();
    bills.assistantIsDone(ada);
    assertThat(bills.mirror(ada).overdueSince()).hasValue(bills.now());
    var told = new TreeMap<Integer, List<About>>();

    for (var hour = 0; hour <= 8 * 24; hour++) {
      var before = bills.notices(ada).size();
      bills.hour();
      bills.hour();
      var after = bills.notices(ada);
      if (after.size() > before) {
        told.put(hour, after);
      }
      if (hour < 7 * 24) {
        assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
        assertThat(bills.task(What.ASSISTANT, ada)).isEmpty();
      }
      bills.machine.clock().advance(Duration.ofHours(1));
    }

    assertThat(told.keySet()).containsExactly(0, 3 * 24, 7 * 24);
    assertThat(bills.notices(ada))
        .containsExactlyInAnyOrder(
            About.PAYMENT_FAILED, About.PAYMENT_FAILED, About.ASSISTANT_SUSPENDED);
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.SUSPENDED);
    assertThat(bills.task(What.ASSISTANT, ada)).isPresent();
  }

  @Test
  @DisplayName(
      "cancel-deprovisions: all notices name one moment, also where the clock is hours late")
  void allNoticesNameOneMoment() {
    overdue();
    var failedAt = bills.now();
    // The second comes after 75 hours, and what is said with it is still of the first.
    for (var look = 0; look <= 7 * 24 / 5; look++) {
      bills.hour();
      bills.machine.clock().advance(Duration.ofHours(5));
    }

    assertThat(bills.told(ada))
        .filteredOn(notice -> notice.about() == About.PAYMENT_FAILED)
        .hasSize(2)
        .allSatisfy(
            notice ->
                assertThat(notice.values())
                    .isEqualTo(failedAt + " " + failedAt.plus(Duration.ofDays(7))));
    // The last look, at 165 hours, was before that moment.
    assertThat(bills.mirror(ada).suspendedAt()).isEmpty();
    bills.hour();
    assertThat(bills.mirror(ada).suspendedAt()).hasValue(bills.now());
  }

  @ParameterizedTest(name = "cancel-deprovisions: a first notice that is {0} late")
  @CsvSource({"PT6H, false", "PT6H0.001S, true"})
  void aNoticeThatIsFarTooLatePutsTheSuspensionOff(Duration late, boolean putOff) {
    overdue();
    var failedAt = bills.now();
    bills.machine.clock().advance(late);

    bills.hour();

    assertThat(bills.told(ada))
        .singleElement()
        .extracting(Notice::values)
        .isEqualTo(failedAt + " " + (putOff ? bills.now() : failedAt).plus(Duration.ofDays(7)));
  }

  @Test
  @DisplayName("cancel-deprovisions: nobody is suspended who was not told in time")
  void nobodyIsSuspendedWhoWasNotToldInTime() {
    overdue();
    // Nobody came by for ten days.
    bills.machine.clock().advance(Duration.ofDays(10));

    bills.hour();
    bills.hour();
    assertThat(bills.notices(ada)).containsExactly(About.PAYMENT_FAILED);
    bills.machine.clock().advance(Duration.ofDays(3).minusMillis(1));
    bills.hour();
    assertThat(bills.notices(ada)).hasSize(1);
    bills.machine.clock().advance(Duration.ofMillis(1));
    bills.hour();
    assertThat(bills.notices(ada)).hasSize(2);
    bills.machine.clock().advance(Duration.ofDays(4).minusMillis(1));
    bills.hour();
    assertThat(bills.mirror(ada).suspendedAt()).isEmpty();
    bills.machine.clock().advance(Duration.ofMillis(1));
    bills.hour();

    assertThat(bills.mirror(ada).suspendedAt()).hasValue(bills.now());
  }

  @Test
  void whoPaysIsAtOnceWhereTheyWereAndIsToldAnewTheNextTime() {
    var invoice = overdue();
    bills.hour();
    for (var days : List.of(3, 4)) {
      bills.machine.clock().advance(Duration.ofDays(days));
      bills.hour();
    }
    bills.assistantIsDone(ada);
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.SUSPENDED);

    bills.stripe.pay(invoice);
    bills.tell("invoice.paid", invoice);

    assertThat(bills.mirror(ada).overdueSince()).isEmpty();
    assertThat(bills.mirror(ada).suspendedAt()).isEmpty();
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
    assertThat(bills.task(What.OVERDUE, ada)).isEmpty();
    assertThat(bills.task(What.ASSISTANT, ada)).isPresent();
    var next = bills.stripe.bill(bills.mirror(ada).subscription().orElseThrow(), bills.now());
    bills.stripe.fail(next, bills.now());
    bills.tell("invoice.payment_failed", next);
    bills.hour();
    assertThat(bills.notices(ada)).hasSize(4);
    assertThat(bills.mirror(ada).suspendedAt()).isEmpty();
  }

  @Test
  void aTryThatFailsAgainDoesNotPutTheSuspensionOff() {
    var invoice = overdue();
    bills.hour();
    for (var days : List.of(3, 4)) {
      bills.machine.clock().advance(Duration.ofDays(days));
      bills.stripe.fail(invoice, bills.now());
      bills.tell("invoice.payment_failed", invoice);
      bills.hour();
    }

    assertThat(bills.mirror(ada).suspendedAt()).isPresent();
    bills.stripe.fail(invoice, bills.now().plusSeconds(1));
    bills.tell("invoice.payment_failed", invoice);
    assertThat(bills.mirror(ada).suspendedAt()).isPresent();
  }

  @Test
  void whoPaysInTheSameMomentIsNotSuspended() {
    var invoice = overdue();
    bills.hour();
    bills.machine.clock().advance(Duration.ofDays(3));
    bills.hour();
    bills.machine.clock().advance(Duration.ofDays(4));
    var row = bills.task(What.OVERDUE, ada).orElseThrow();
    bills.stripe.pay(invoice);
    bills.tell("invoice.paid", invoice);

    bills.overdue().advance(row);

    assertThat(bills.mirror(ada).suspendedAt()).isEmpty();
    assertThat(bills.notices(ada)).doesNotContain(About.ASSISTANT_SUSPENDED);
  }

  // ── Notices ────────────────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("service-messages: the end of a trial is told of, once")
  void theEndOfATrialIsToldOfOnce() {
    var paid = bills.stripe.subscribe(customer, TRIALING, bills.now());

    bills.tell("customer.subscription.trial_will_end", paid.id());
    bills.tell("customer.subscription.trial_will_end", paid.id());

    assertThat(bills.notices(ada)).containsExactly(About.TRIAL_ENDS);
    assertThat(bills.mirror(ada).entitlement()).isEqualTo(Entitlement.RUNNING);
  }

  @Test
  @DisplayName("service-messages: a payment that a bank wants confirmed is told of, once")
  void aPaymentToBeConfirmedIsToldOfOnce() {
    var invoice = bills.stripe.bill(subscribed(), bills.now());

    bills.tell("invoice.payment_action_required", invoice);
    bills.tell("invoice.payment_action_required", invoice);
    bills.stripe.pay(invoice);
    bills.tell("invoice.payment_action_required", invoice);

    assertThat(bills.notices(ada)).containsExactly(About.PAYMENT_NEEDS_CONFIRMATION);
  }

  // ── Billing records ────────────────────────────────────────────────────────────────────────

  @Test
  void keepsOfInvoicesRefundsAndDisputesWhatTheLawAsksFor() {
    var invoice = bills.stripe.bill(subscribed(), bills.now());
    bills.tell("invoice.finalized", invoice);
    bills.stripe.pay(invoice);
    bills.tell("invoice.paid", invoice);
    bills.tell("refund.created", bills.stripe.giveBack(customer, bills.now()));
    bills.tell("charge.dispute.created", bills.stripe.dispute(customer, bills.now()));

    assertThat(statuses())
        .containsExactlyInAnyOrder("INVOICE paid", "REFUND succeeded", "DISPUTE needs_response");
    var kept =
        bills.records(ada).stream()
            .filter(found -> found.value().kind() == BillingRecord.What.INVOICE)
            .findFirst()
            .orElseThrow();
    assertThat(kept.ref().id()).isEqualTo(invoice);
    assertThat(kept.value().plan()).hasValue("monthly");
    assertThat(kept.value().amount()).isEqualTo(1_900);
    assertThat(kept.value().tax()).hasValue(303L);
  }

  @Test
  void whatBecomesOfRefundsAndDisputesIsKept() {
    subscribed();
    var told = bills.stripe.giveBack(customer, bills.now());
    bills.stripe.giveBack(bills.number(bills.customer()), bills.now());
    bills.tell("charge.refunded", bills.stripe.chargeOf(told));
    assertThat(statuses()).containsExactly("REFUND succeeded");

    bills.stripe.refund(told, customer, "failed", bills.now());
    bills.tell("refund.failed", told);
    var dispute = bills.stripe.dispute(customer, bills.now());
    bills.tell("charge.dispute.created", dispute);
    bills.stripe.dispute(dispute, customer, "lost", bills.now());
    bills.tell("charge.dispute.closed", dispute);

    assertThat(statuses()).containsExactlyInAnyOrder("REFUND failed", "DISPUTE lost");
  }

  private List<String> statuses() {
    return bills.records(ada).stream()
        .map(found -> found.value().kind() + " " + found.value().status())
        .toList();
  }

  @Test
  void aPageThatNobodyPaidOnChangesNothing() {
    var revision = bills.mirror(ada).revision();

    assertThat(bills.tell("checkout.session.expired", bills.stripe.checkedOut(customer)))
        .isEqualTo(Told.DONE);

    assertThat(bills.mirror(ada).revision()).isEqualTo(revision);
  }

  @Test
  void noOldStateIsPutBackOverAYoungerOne() {
    var invoice = bills.stripe.bill(subscribed(), bills.now());
    bills.tell("invoice.finalized", invoice);
    var slow = bills.stripe.event("invoice.updated", invoice);
    var calls = new AtomicInteger();
    // Between each answer of Stripe's and its arrival somebody else is quicker.
    Runnable quicker =
        () -> {
          if (calls.getAndIncrement() == 0) {
            bills.stripe.pay(invoice);
            bills.tell("invoice.paid", invoice);
          }
        };
    for (var call = 0; call < 6; call++) {
      calls.set(0);
      bills.stripe.meanwhile(quicker);
      bills.events().handle(slow);
      assertThat(bills.records(ada).getFirst().value().status()).isEqualTo("paid");
    }
  }

  // ── Whose it is ────────────────────────────────────────────────────────────────────────────

  @Test
  void theReadmeHasStripeTellOfWhatWeMakeSomethingOf() throws IOException {
    var readme = Files.readString(DeployedTemplate.ROOT.resolve("README.md"));
    var told =
        Pattern.compile("(?s)enabled_events\\[\\]=%s '(.*?)\\)")
            .matcher(readme)
            .results()
            .findFirst();
    var types = List.of(told.orElseThrow().group(1).replace('\\', ' ').strip().split("\\s+"));

    assertThat(readme).contains("-d api_version=" + Stripe.API_VERSION + " ");
    assertThat(types)
        .doesNotHaveDuplicates()
        .contains("customer.subscription.trial_will_end", "invoice.payment_action_required")
        .allSatisfy(type -> assertThat(bills.tell(type, "nobody")).isNotEqualTo(Told.UNKNOWN_TYPE));
  }

  @Test
  void whatIsNobodysIsAcknowledged() {
    var strangers = bills.stripe.subscribe("cus_of_somebody_else", ACTIVE, bills.now());
    var invoice = bills.stripe.bill(strangers.id(), bills.now());

    assertThat(bills.tell("customer.subscription.created", strangers.id()))
        .isEqualTo(Told.UNKNOWN_CUSTOMER);
    assertThat(bills.tell("invoice.paid", invoice)).isEqualTo(Told.UNKNOWN_CUSTOMER);
    assertThat(bills.tell("customer.deleted", "cus_of_somebody_else"))
        .isEqualTo(Told.UNKNOWN_CUSTOMER);
    assertThat(bills.tell("customer.created", customer)).isEqualTo(Told.UNKNOWN_TYPE);
    assertThat(bills.tell("invoiceitem.created", "ii_1")).isEqualTo(Told.UNKNOWN_TYPE);
    assertThat(bills.tell("a.type.of.the.year.2031", "x_1")).isEqualTo(Told.UNKNOWN_TYPE);
    assertThat(bills.tell("invoice.paid", "in_that_never_was")).isEqualTo(Told.FORGOTTEN);
    assertThat(bills.tell("invoice.upcoming", "")).isEqualTo(Told.DONE);
    assertThat(bills.events().handle("evt_that_never_was")).isEqualTo(Told.FORGOTTEN);
  }

  @Test
  void aCustomerWhoseNumberWasNotWrittenDownIsFoundByThePseudonym() {
    var bob = bills.somebody();
    bills.stripe.loseNextAnswers(1);
    assertThatThrownBy(() -> bills.checkouts().checkout(bob, "monthly"))
        .isInstanceOf(UnavailableException.class);
    assertThat(bills.mirror(bob).customer()).isEmpty();
    var lost = bills.stripe.customerOf(bills.mirror(bob).pseudonym());

    assertThat(bills.tell("customer.deleted", lost)).isEqualTo(Told.DONE);
    assertThat(bills.checkouts().checkout(bob, "monthly")).isInstanceOf(Opened.At.class);
    assertThat(bills.number(bob)).as("the same, and no second").isEqualTo(lost);
  }

  // ── Going to pay ───────────────────────────────────────────────────────────────────────────

  @Test
  void whoPressesTwiceGetsOnePage() {
    var bob = bills.somebody();
    var before = bills.stripe.pages();

    var pages =
        SignUpTest.<Opened>atOnce(
            Stream.<Callable<Opened>>generate(
                    () -> () -> bills.checkouts().checkout(bob, "monthly"))
                .limit(4)
                .toList());

    assertThat(pages).hasOnlyElementsOfType(Opened.At.class);
    assertThat(pages.stream().distinct()).hasSize(1);
    assertThat(bills.stripe.pages()).isEqualTo(before + 1);
  }

  @Test
  void whoPaysAlreadyGetsNoSecondPage() {
    bills.stripe.subscribe(customer, ACTIVE, bills.now());

    assertThat(bills.checkouts().checkout(ada, "monthly"))
        .as("though nobody told us yet")
        .isEqualTo(new Opened.SubscribedAlready());
    assertThat(bills.checkouts().portal(ada)).isInstanceOf(Opened.At.class);
  }

  @Test
  void whoNeverWentToPayHasNoPortal() {
    assertThat(bills.checkouts().portal(bills.somebody())).isEqualTo(new Opened.NothingThere());
  }

  @Test
  @DisplayName("erase-everywhere: nobody begins to pay who asked to be erased")
  void nobodyBeginsToPayWhoAskedToBeErased() {
    var leaving = bills.somebody();
    bills.store().change(Leaving.ref(leaving), Leaving.begin("a-request"));

    assertThat(bills.checkouts().checkout(leaving, "monthly")).isEqualTo(new Opened.Leaving());
    assertThat(bills.found(leaving)).isEmpty();
  }

  @Test
  @DisplayName("no-sale: Stripe is told the pseudonym and nothing else of a person")
  void aPseudonymIsRandomAndStandsNowhereInTheClear() {
    var pseudonym = bills.mirror(ada).pseudonym();

    assertThat(pseudonym).hasSize(22).isNotEqualTo(ada.value());
    for (var table : Table.values()) {
      assertThat(bills.backstage.raw(table))
          .as("%s", table)
          .noneMatch(item -> item.toString().contains(pseudonym))
          .noneMatch(item -> item.toString().contains(customer));
    }
  }

  // ── Many at once ───────────────────────────────────────────────────────────────────────────

  @Test
  void aSlowWorkerDoesNotPutBackWhatAQuickerOneWrote() {
    var subscription = subscribed();
    var slow = bills.stripe.event("customer.subscription.updated", subscription);
    bills.stripe.change(
        subscription, PAST_DUE, Optional.of(bills.now().plusSeconds(60)), Optional.empty());
    // The event, the subscription, all of the customer.
    for (var call = 1; call <= 3; call++) {
      var at = bills.now().plus(Duration.ofDays(call));
      var skipped = new AtomicInteger(call);
      passing(
          skipped,
          () -> {
            bills.stripe.change(subscription, ACTIVE, Optional.of(at), Optional.empty());
            bills.tell("customer.subscription.updated", subscription);
          });
      bills.events().handle(slow);

      assertThat(bills.mirror(ada).status()).hasValue(ACTIVE);
      assertThat(bills.mirror(ada).paidUntil()).hasValue(at);
      assertThat(bills.mirror(ada).overdueSince()).isEmpty();
      assertThat(bills.task(What.OVERDUE, ada)).isEmpty();
    }
  }

  /** Lets so many answers pass, and then something happens. */
  private static void passing(AtomicInteger answers, Runnable happens) {
    bills.stripe.meanwhile(
        () -> {
          if (answers.decrementAndGet() <= 0) {
            happens.run();
          } else {
            passing(answers, happens);
          }
        });
  }

  @Test
  void twoWorkersOnOneSubscriptionComeToWhatStripeSays() {
    var subscription = subscribed();
    for (var round = 0; round < 10; round++) {
      var end = bills.now().plus(Duration.ofDays(round + 31));
      var status = round % 3 == 2 ? PAST_DUE : ACTIVE;
      bills.stripe.change(subscription, status, Optional.of(end), Optional.empty());
      SignUpTest.<Told>atOnce(
          IntStream.range(0, 4)
              .<Callable<Told>>mapToObj(
                  _ -> () -> bills.tell("customer.subscription.updated", subscription))
              .toList());

      assertThat(bills.mirror(ada).paidUntil()).hasValue(end);
      assertThat(bills.mirror(ada).status()).hasValue(status);
      assertThat(bills.task(What.OVERDUE, ada).isPresent()).isEqualTo(status == PAST_DUE);
    }
  }

  @Test
  void manyMessagesOfManyPeopleAllCount() {
    var people = Stream.generate(bills::customer).limit(25).toList();
    var subscriptions =
        people.stream()
            .map(person -> bills.stripe.subscribe(bills.number(person), ACTIVE, bills.now()).id())
            .toList();
    var events =
        IntStream.range(0, 10_000)
            .mapToObj(
                number ->
                    bills.stripe.event(
                        "customer.subscription.updated",
                        subscriptions.get(number % subscriptions.size())))
            .toList();
    var quarters =
        IntStream.range(0, 4)
            .<Callable<Long>>mapToObj(
                quarter ->
                    () -> {
                      var worker = bills.events();
                      return events.subList(quarter * 2_500, (quarter + 1) * 2_500).stream()
                          .filter(event -> handled(worker, event))
                          .count();
                    })
            .toList();

    assertThat(SignUpTest.<Long>atOnce(quarters)).containsOnly(2_500L);
    assertThat(people)
        .allMatch(person -> bills.mirror(person).entitlement() == Entitlement.RUNNING);
  }

  /** As the queue has it: what cannot be done now comes again. */
  private static boolean handled(StripeEvents worker, String event) {
    for (var receive = 0; receive < 5; receive++) {
      try {
        return worker.handle(event) == Told.DONE;
      } catch (UnavailableException e) {
        // Others write the same: again.
        Thread.onSpinWait();
      }
    }
    return false;
  }

  // ── What went wrong is found ───────────────────────────────────────────────────────────────

  @Test
  void reconciliationRepairsWhatNoMessageLedTo() {
    var bob = bills.customer();
    var cat = bills.customer();
    var unheard = bills.stripe.subscribe(customer, ACTIVE, bills.now());
    var ended = bills.stripe.subscribe(bills.number(bob), ACTIVE, bills.now());
    bills.tell("customer.subscription.created", ended.id());
    var failing = bills.stripe.subscribe(bills.number(cat), ACTIVE, bills.now());
    bills.tell("customer.subscription.created", failing.id());
    assertThat(bills.reconciliation().run(() -> true).finished()).isTrue();
    assertThat(bills.mirror(ada).subscription()).hasValue(unheard.id());
    cancel(ended.id());
    var invoice = bills.stripe.bill(failing.id(), bills.now());
    bills.stripe.fail(invoice, bills.now());
    bills.assistantIsDone(bob);

    var report = bills.reconciliation().run(() -> true);

    assertThat(report.repaired()).isEqualTo(2);
    assertThat(report.failed()).isZero();
    assertThat(bills.mirror(bob).entitlement()).isEqualTo(Entitlement.NONE);
    assertThat(bills.task(What.ASSISTANT, bob)).isPresent();
    assertThat(bills.mirror(cat).overdueSince()).isPresent();
    assertThat(bills.records(cat)).extracting(found -> found.ref().id()).containsExactly(invoice);
    assertThat(bills.reconciliation().run(() -> true).repaired()).isZero();
  }

  @Test
  void reconciliationPutsWhatWasNotDeliveredWhereTheWebhookDoes() {
    var event = bills.stripe.event("customer.subscription.created", subscribed());
    bills.stripe.undelivered.add(event);

    assertThat(bills.reconciliation().run(() -> true).undelivered()).isEqualTo(1);
    assertThat(bills.reconciliation().run(() -> true).undelivered()).as("once").isZero();
    assertThat(bills.backstage.raw(Table.ACTIVITY))
        .anyMatch(item -> item.toString().contains("stripe-event#" + event));
    bills.stripe.undelivered.clear();
  }

  @Test
  void reconciliationTellsOfSubscriptionsThatAreNobodys() {
    var before = bills.reconciliation().run(() -> true).ofNobody();
    var paid = bills.stripe.subscribe("cus_nobodys", ACTIVE, bills.now());

    assertThat(bills.reconciliation().run(() -> true).ofNobody()).isEqualTo(before + 1);
    cancel(paid.id());
    assertThat(bills.reconciliation().run(() -> false).finished()).isFalse();
  }

  @Test
  void aRowOfWhoIsErasedGoesWithTheNextRun() {
    overdue();
    bills.store().delete(bills.found(ada).orElseThrow().ref());

    bills.hour();
    bills.reconciliation().run(() -> true);

    assertThat(bills.task(What.OVERDUE, ada)).isEmpty();
    assertThat(bills.task(What.SUBSCRIBED, ada)).isEmpty();
    assertThat(bills.mirrors().bring(ada)).isEqualTo(Brought.NOBODY);
  }

  /** Nothing else there says that it is theirs. */
  @Test
  void aRowThatStandsForNothingGoesWithTheNextHour() {
    subscribed();
    var row = new OpenTask(ada, What.OVERDUE, bills.now(), bills.now());
    bills.store().insert(OpenTask.ref(What.OVERDUE, ada), row, Instant.MAX);

    bills.hour();

    assertThat(bills.task(What.OVERDUE, ada)).isEmpty();
    assertThat(bills.notices(ada)).isEmpty();
  }
}
