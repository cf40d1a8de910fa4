package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import pledge.billing.OpenTask.What;
import pledge.billing.Subscription.Entitlement;
import pledge.processor.Payments.Status;
import pledge.vault.SubjectId;

/**
 * Whatever happens at Stripe to one subscription, in every order, told of late, twice and in any
 * order: in the end the mirror is what Stripe has.
 */
class BillingOrderTest {
  /** What can happen at Stripe, and how it tells of it. */
  private enum Happening {
    CREATED("customer.subscription.created"),
    UPDATED("customer.subscription.updated"),
    DELETED("customer.subscription.deleted"),
    PAID("invoice.paid"),
    FAILED("invoice.payment_failed");

    private final String type;

    Happening(String type) {
      this.type = type;
    }

    private boolean isOfInvoice() {
      return this == PAID || this == FAILED;
    }
  }

  /** One that happens, and is told of later. */
  private static final class Story {
    private final Bills bills;
    private final SubjectId person;
    private final String subscription;
    private final String invoice;
    private int updates;

    Story(Bills bills) {
      this.bills = bills;
      this.person = bills.customer();
      subscription =
          bills.stripe.subscribe(bills.number(person), Status.INCOMPLETE, bills.now()).id();
      invoice = bills.stripe.bill(subscription, bills.now());
    }

    /** As Stripe has it: what is over stays over, and what is paid stays paid. */
    String happens(Happening happening) {
      var over = bills.stripe.now(subscription).status().over();
      var paid = bills.stripe.bill(invoice).status().equals("paid");
      switch (happening) {
        case CREATED -> {
          if (bills.stripe.now(subscription).status() == Status.INCOMPLETE) {
            change(Status.ACTIVE, Optional.empty());
          }
        }
        case UPDATED -> {
          updates++;
          if (!over) {
            change(bills.stripe.now(subscription).status(), Optional.of(end()));
          }
        }
        case DELETED -> change(Status.CANCELED, Optional.empty());
        case PAID -> bills.stripe.pay(invoice);
        case FAILED -> {
          if (!paid) {
            bills.stripe.fail(invoice, bills.now());
          }
        }
      }
      return bills.stripe.event(happening.type, happening.isOfInvoice() ? invoice : subscription);
    }

    private Instant end() {
      return bills.now().plus(Duration.ofDays(30 + updates));
    }

    private void change(Status status, Optional<Instant> paidUntil) {
      bills.stripe.change(
          subscription,
          status,
          paidUntil,
          status == Status.CANCELED ? Optional.of(bills.now()) : Optional.empty());
    }

    void assertMirrored(String as, boolean invoiceToldOf) {
      var stripes = bills.stripe.now(subscription);
      var mirror = bills.mirror(person);
      var overdue = stripes.status() == Status.PAST_DUE;
      assertThat(mirror.subscription()).as(as).hasValue(subscription);
      assertThat(mirror.status()).as(as).hasValue(stripes.status());
      assertThat(mirror.paidUntil()).as(as).isEqualTo(stripes.paidUntil());
      assertThat(mirror.endsAt()).as(as).isEqualTo(stripes.endsAt());
      assertThat(mirror.overdueSince())
          .as(as)
          .isEqualTo(overdue ? bills.stripe.bill(invoice).failedAt() : Optional.<Instant>empty());
      assertThat(bills.task(What.OVERDUE, person).isPresent()).as(as).isEqualTo(overdue);
      assertThat(bills.task(What.SUBSCRIBED, person).isPresent())
          .as(as)
          .isEqualTo(!stripes.status().over());
      if (mirror.entitlement() != Entitlement.NONE) {
        assertThat(bills.task(What.ASSISTANT, person)).as(as).isPresent();
      }
      assertThat(bills.records(person).stream().map(found -> found.value().status()))
          .as(as)
          .isEqualTo(
              invoiceToldOf ? List.of(bills.stripe.bill(invoice).status()) : List.<String>of());
      assertThat(bills.stripe.done).as("nothing is cancelled or refunded").isEmpty();
    }
  }

  @RepeatedTest(2)
  @DisplayName("cancel-deprovisions: every order of every set of happenings, each told of twice")
  void theMirrorIsWhatStripeHasInTheEnd(RepetitionInfo repetition) {
    var orders = orders();
    assertThat(orders).hasSize(325);
    try (var bills = new Bills()) {
      for (var number = 0; number < orders.size(); number++) {
        var seed = repetition.getCurrentRepetition() * 1_000L + number;
        tell(bills, orders.get(number), new Random(seed), "seed " + seed);
      }
    }
  }

  private static void tell(Bills bills, List<Happening> order, Random random, String seed) {
    var story = new Story(bills);
    var events = new ArrayList<String>();
    var untold = new ArrayList<String>();
    for (var happening : order) {
      var event = story.happens(happening);
      events.add(happening + " " + event);
      untold.add(event);
      if (random.nextBoolean()) {
        untold.add(event);
      }
      // Some messages overtake what happens next, and some come long after.
      while (!untold.isEmpty() && random.nextInt(3) == 0) {
        bills.events().handle(untold.remove(random.nextInt(untold.size())));
      }
    }
    while (!untold.isEmpty()) {
      bills.events().handle(untold.remove(random.nextInt(untold.size())));
    }
    var of = EnumSet.copyOf(order);
    story.assertMirrored(
        seed + ", " + events, of.contains(Happening.PAID) || of.contains(Happening.FAILED));
  }

  /** Of every set of them but the empty one. */
  private static List<List<Happening>> orders() {
    var orders = new ArrayList<List<Happening>>();
    extend(List.of(), EnumSet.allOf(Happening.class), orders);
    return orders;
  }

  private static void extend(
      List<Happening> order, Set<Happening> left, List<List<Happening>> orders) {
    for (var next : left) {
      var longer = new ArrayList<>(order);
      longer.add(next);
      orders.add(longer);
      var rest = EnumSet.copyOf(left);
      rest.remove(next);
      extend(longer, rest, orders);
    }
  }
}
