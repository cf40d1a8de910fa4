package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.processor.Payments.Status.ACTIVE;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.billing.OpenTask.What;
import pledge.billing.Subscription.Entitlement;
import pledge.billingclock.BillingClockHandler;
import pledge.local.Options;
import pledge.runtime.TimeForPages;
import pledge.vault.SubjectId;

/** The hourly run, deployed with other periods than the template's own. */
class BillingClockTest {
  private static Bills bills;
  private static BillingClockHandler clock;

  @BeforeAll
  static void start() {
    bills =
        new Bills(
            Options.inMemory()
                .withoutExpiry()
                .withClockAt(Instant.parse("2026-11-24T09:30:00Z"))
                .withParameter("OverdueNoticesAfter", "P1D,P2D")
                .withParameter("OverdueSuspensionAfter", "P4D")
                .withParameter("AssistantStuckAfter", "PT5H"));
    clock =
        new BillingClockHandler(
            bills.machine.environment("BillingClockFunction"), bills.machine.clock());
  }

  @AfterAll
  static void stop() {
    bills.close();
  }

  private static String subscribed(SubjectId person) {
    var paid = bills.stripe.subscribe(bills.number(person), ACTIVE, bills.now());
    bills.tell("customer.subscription.created", paid.id());
    return paid.id();
  }

  private static void runAfter(Duration time) {
    bills.machine.clock().advance(time);
    clock.handleRequest(new ScheduledEvent(), new TimeForPages(100));
  }

  @Test
  @DisplayName("cancel-deprovisions: people are told and suspended when the deployment says")
  void tellsAndSuspendsWhenTheDeploymentSays() {
    var ada = bills.customer();
    var invoice = bills.stripe.bill(subscribed(ada), bills.now());
    bills.stripe.fail(invoice, bills.now());
    bills.tell("invoice.payment_failed", invoice);
    var told = new ArrayList<Integer>();

    for (var hour = 1; hour <= 5 * 24; hour++) {
      var before = bills.notices(ada).size();
      runAfter(Duration.ofHours(1));
      if (bills.notices(ada).size() > before) {
        told.add(hour);
      }
      assertThat(bills.mirror(ada).entitlement())
          .isEqualTo(hour < 4 * 24 ? Entitlement.RUNNING : Entitlement.SUSPENDED);
    }

    assertThat(told).containsExactly(24, 2 * 24, 4 * 24);
  }

  @Test
  void hasSomebodyGoOnWithAnAssistantWhenTheDeploymentSays() {
    var ada = bills.customer();
    subscribed(ada);
    var before = bills.task(What.ASSISTANT, ada).orElseThrow().value().wokenAt();

    runAfter(Duration.ofHours(5).minusMillis(1));
    assertThat(bills.task(What.ASSISTANT, ada).orElseThrow().value().wokenAt()).isEqualTo(before);
    runAfter(Duration.ofMillis(1));
    assertThat(bills.task(What.ASSISTANT, ada).orElseThrow().value().wokenAt())
        .isEqualTo(bills.now());
  }
}
