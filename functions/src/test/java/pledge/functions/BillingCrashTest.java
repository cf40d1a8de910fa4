package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.processor.Payments.Status.ACTIVE;
import static pledge.processor.Payments.Status.CANCELED;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pledge.billing.Checkouts.Opened;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.billing.Subscription.Entitlement;
import pledge.subject.Notice.About;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * A process that dies before or after any write and any call to Stripe, and another that is told
 * the same: it comes to the same end, and nothing is done twice.
 */
class BillingCrashTest {
  private static final String SUBSCRIBED = "a subscription begins";
  private static final String ENDED = "a subscription ends";
  private static final String DOUBLED = "a second subscription is paid";
  private static final String FAILED = "a payment fails and is to be confirmed";
  private static final String SUSPENDED = "the time is over";
  private static final String GOES_TO_PAY = "somebody goes to pay";
  private static final String RECONCILED = "a day's reconciliation";

  private static Bills bills;

  @BeforeAll
  static void start() {
    bills = new Bills();
  }

  @AfterAll
  static void stop() {
    bills.close();
  }

  /** Where it dies. */
  private enum Where {
    BEFORE_A_WRITE,
    AFTER_A_WRITE,
    BEFORE_A_CALL,
    AFTER_A_CALL;

    void plan(int number) {
      switch (this) {
        case BEFORE_A_WRITE -> bills.machine.dynamo().dieBeforeWrite(number);
        case AFTER_A_WRITE -> bills.machine.dynamo().dieAfterWrite(number);
        case BEFORE_A_CALL -> bills.stripe.dieAtCall(number, false);
        case AFTER_A_CALL -> bills.stripe.dieAtCall(number, true);
      }
    }
  }

  static Stream<String> scenes() {
    return Stream.of(SUBSCRIBED, ENDED, DOUBLED, FAILED, SUSPENDED, GOES_TO_PAY, RECONCILED);
  }

  @ParameterizedTest(name = "cancel-deprovisions: {0}")
  @MethodSource("scenes")
  void comesToTheSameEndWhereverItDies(String scene) {
    for (var where : Where.values()) {
      var deaths = 0;
      for (var number = 1; deaths == number - 1; number++) {
        var played = new Scene(scene);
        played.prepare();
        reset();
        where.plan(number);
        while (true) {
          try {
            played.goOn();
            break;
          } catch (UnavailableException e) {
            deaths++;
            assertThat(deaths).as("dies once each").isEqualTo(number);
            reset();
            // Another process: no key in memory.
            bills.restart();
          }
        }
        reset();
        played.assertDone(where + " " + number);
        // Told again, after all.
        var writes = bills.machine.dynamo().writes();
        played.goOn();
        played.assertDone(where + " " + number + ", told again");
        assertThat(bills.machine.dynamo().writes()).as("written twice").isEqualTo(writes);
      }
      var calls = where == Where.BEFORE_A_CALL || where == Where.AFTER_A_CALL;
      if (!calls || !scene.equals(SUSPENDED)) {
        assertThat(deaths).as("%s %s", scene, where).isPositive();
      }
    }
  }

  @Test
  @DisplayName("cancel-deprovisions: an answer 429 or 500, or none, is asked for again")
  void whatStripeDoesNotAnswerIsAskedForAgain() {
    for (var failures = 1; failures <= 6; failures++) {
      for (var lost : List.of(true, false)) {
        var played = new Scene(DOUBLED);
        played.prepare();
        reset();
        if (lost) {
          bills.stripe.loseNextAnswers(failures);
        } else {
          bills.stripe.failNext(failures);
        }
        var refused = 0;
        while (true) {
          try {
            played.goOn();
            break;
          } catch (UnavailableException e) {
            refused++;
          }
        }

        assertThat(refused).isEqualTo(failures);
        played.assertDone(failures + " failures");
      }
    }
  }

  private static void reset() {
    bills.machine.dynamo().reset();
    bills.stripe.reset();
  }

  /** Something happens to somebody new. */
  private static final class Scene {
    private final String what;
    private final SubjectId person;
    private String event = "";
    private String invoice = "";
    private String first = "";
    private String second = "";

    Scene(String what) {
      this.what = what;
      person = what.equals(GOES_TO_PAY) ? bills.somebody() : bills.customer();
    }

    void prepare() {
      if (what.equals(GOES_TO_PAY)) {
        return;
      }
      var customer = bills.number(person);
      bills.stripe.done.clear();
      first = bills.stripe.subscribe(customer, ACTIVE, bills.now()).id();
      event = bills.stripe.event("customer.subscription.created", first);
      if (what.equals(RECONCILED)) {
        bills.stripe.pay(bills.stripe.bill(first, bills.now()));
      }
      if (what.equals(SUBSCRIBED) || what.equals(RECONCILED)) {
        return;
      }
      bills.events().handle(event);
      bills.assistantIsDone(person);
      switch (what) {
        case ENDED -> {
          bills.stripe.change(first, CANCELED, Optional.empty(), Optional.of(bills.now()));
          event = bills.stripe.event("customer.subscription.deleted", first);
        }
        case DOUBLED -> {
          second = bills.stripe.subscribe(customer, ACTIVE, bills.now().plusSeconds(1)).id();
          bills.stripe.change(
              first, ACTIVE, Optional.of(bills.now().plusSeconds(90)), Optional.empty());
          event =
              bills.stripe.event("checkout.session.completed", bills.stripe.checkedOut(customer));
        }
        default -> {
          invoice = bills.stripe.bill(first, bills.now());
          bills.stripe.fail(invoice, bills.now());
          event = bills.stripe.event("invoice.payment_action_required", invoice);
        }
      }
      if (what.equals(SUSPENDED)) {
        bills.events().handle(event);
        for (var days : List.of(0, 3, 4)) {
          bills.machine.clock().advance(Duration.ofDays(days));
          if (days < 4) {
            row().ifPresent(bills.overdue()::advance);
          }
        }
      }
    }

    private Optional<pledge.store.Found<OpenTask>> row() {
      return bills.task(What.OVERDUE, person);
    }

    void goOn() {
      switch (what) {
        case SUSPENDED -> row().ifPresent(bills.overdue()::advance);
        case GOES_TO_PAY ->
            assertThat(bills.checkouts().checkout(person, "monthly")).isInstanceOf(Opened.At.class);
        case RECONCILED -> assertThat(bills.reconciliation().run(() -> true).failed()).isZero();
        default -> bills.events().handle(event);
      }
    }

    void assertDone(String as) {
      var mirror = bills.mirror(person);
      var assistant = bills.task(What.ASSISTANT, person);
      switch (what) {
        case SUBSCRIBED, RECONCILED -> {
          assertThat(mirror.entitlement()).as(as).isEqualTo(Entitlement.RUNNING);
          assertThat(assistant).as(as).isPresent();
          assertThat(bills.task(What.SUBSCRIBED, person)).as(as).isPresent();
          assertThat(bills.records(person)).as(as).hasSize(what.equals(RECONCILED) ? 1 : 0);
        }
        case ENDED -> {
          assertThat(mirror.entitlement()).as(as).isEqualTo(Entitlement.NONE);
          assertThat(assistant).as(as).isPresent();
          assertThat(bills.task(What.SUBSCRIBED, person)).as(as).isEmpty();
        }
        case DOUBLED -> {
          assertThat(mirror.subscription()).as(as).hasValue(first);
          assertThat(bills.stripe.done)
              .as(as)
              .containsExactly("refund " + second, "cancel " + second);
        }
        case FAILED -> {
          assertThat(mirror.overdueSince()).as(as).isPresent();
          assertThat(row()).as(as).isPresent();
          assertThat(bills.records(person)).as(as).hasSize(1);
          assertThat(bills.notices(person))
              .as(as)
              .containsExactly(About.PAYMENT_NEEDS_CONFIRMATION);
        }
        case SUSPENDED -> {
          assertThat(mirror.entitlement()).as(as).isEqualTo(Entitlement.SUSPENDED);
          assertThat(assistant).as(as).isPresent();
          assertThat(bills.notices(person)).as(as).containsOnlyOnce(About.ASSISTANT_SUSPENDED);
        }
        default -> assertThat(mirror.customer()).as(as).isPresent();
      }
    }
  }
}
