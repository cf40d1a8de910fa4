package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.billing.Subscription;
import pledge.local.Machine;
import pledge.local.StripeCard;
import pledge.policy.Purpose;
import pledge.processor.stripe.StripePayments;
import pledge.records.Backstage;
import pledge.vault.Environment;

/** What Stripe tells comes through the queue to the worker: nobody reconciles anything here. */
class BillingQueueTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final Machine machine;
  private final StripePayments payments;
  private int people;

  BillingQueueTest() {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    machine =
        Machine.start(
            QuickHashes.options("BillingWorkerFunction")
                .withClockAt(Instant.parse("2026-11-24T09:30:00Z")));
    payments =
        StripePayments.of(
            new Environment(machine.environment("BillingWorkerFunction"), machine.clock()));
  }

  /** What was printed goes no further: there are thousands of lines. */
  @AfterEach
  void close() {
    machine.close();
    System.setOut(out);
  }

  @Test
  @DisplayName("cancel-deprovisions: what was told while Stripe is away for two days is done then")
  void whatWasToldWhileStripeIsAwayIsDoneInTheEnd() throws InterruptedException {
    var ada = somebody();
    pay(page(ada, "personal"), StripeCard.GOOD);
    machine.settle();
    machine.stripe().webhooks().hold();
    var bob = somebody();
    pay(page(bob, "family"), StripeCard.GOOD);
    payments.refund(machine.stripe().numbers("subscription").getFirst());
    machine.stripe().dispute(machine.stripe().numbers("charge").getFirst());
    var told = machine.stripe().webhooks().waiting();
    assertThat(told).hasSizeGreaterThan(10);

    machine.stripe().faults().failNext(Integer.MAX_VALUE, 500);
    machine.stripe().webhooks().release();
    untilTried(told);
    for (var time = 0; time < 4; time++) {
      machine.clock().advance(Duration.ofHours(12));
      untilTried(told);
    }
    machine.stripe().faults().reset();
    machine.settle();

    assertNothingIsLeft();
    bob.signIn();
    var bobs = Problems.json(bob.get("/billing"));
    assertThat(bobs.at("/subscription/status").asText()).isEqualTo("active");
    assertThat(bobs.path("records").findValuesAsText("kind")).containsExactly("invoice");
    ada.signIn();
    assertThat(Problems.json(ada.get("/billing")).path("records").findValuesAsText("kind"))
        .containsExactlyInAnyOrder("invoice", "refund", "dispute");
  }

  /** What was paid twice and is wanted back by a bank is not refunded: all of Ada's stay. */
  @Test
  void aMessageThatKeepsFailingHoldsUpNoGoodOneAndIsThereToTheEnd() throws InterruptedException {
    var ada = somebody();
    var second = page(ada, "family");
    machine.stripe().webhooks().hold();
    pay(page(ada, "personal"), StripeCard.GOOD);
    machine.clock().advance(Duration.ofMinutes(1)); // the first is kept
    pay(second, StripeCard.DISPUTED);
    var bad = followed();
    assertThat(bad).hasSizeGreaterThan(10);
    var bob = somebody();
    pay(page(bob, "personal"), StripeCard.GOOD);
    var good = new ArrayList<>(followed());
    good.removeAll(bad);

    machine.stripe().webhooks().release();
    until(() -> machine.stripe().webhooks().waiting().isEmpty());
    until(() -> queued().containsAll(bad) && Collections.disjoint(queued(), good));
    for (var person : List.of(ada, bob)) {
      assertThat(Problems.json(person.get("/billing")).at("/subscription/status").asText())
          .isEqualTo("active");
    }
    assertThat(machine.queue("StripeDeadLetters").depth()).isZero();

    machine.clock().advance(Duration.ofDays(5));
    machine.settle();
    assertThat(queued()).isEmpty();
    assertThat(machine.queue("StripeDeadLetters").bodies())
        .as("and what tells that the second was marked")
        .hasSize(bad.size() + 1)
        .containsAll(bad);
    assertThat(printed()).contains("\"StripeEventWaitingSeconds\":432000");
  }

  @Test
  void whatWeMakeNothingOfIsDoneWithAndCounted() {
    page(somebody(), "personal");
    assertThat(machine.stripe().events("*")).hasSize(1);
    machine.settle();
    assertThat(printed()).containsOnlyOnce("\"StripeEventsOfUnknownType\":1");

    var stranger = payments.customer("nobody-of-ours");
    pay(
        URI.create(
            payments.checkout(stranger, "nobody-of-ours", "price_1LocalPersonal", "1").url()),
        StripeCard.GOOD);
    machine.settle();

    assertThat(printed()).contains("\"StripeEventsOfNobody\":1");
    assertThat(printed()).doesNotContain("\"StripeEventsDone\"");
    assertNothingIsLeft();
  }

  @Test
  @DisplayName("cancel-deprovisions: 10,000 messages in the queue, and every mirror is Stripe's")
  void tenThousandMessagesAreDone() throws InterruptedException {
    var all = Stream.generate(this::somebody).limit(10).toList();
    all.forEach(person -> pay(page(person, "personal"), StripeCard.GOOD));
    machine.settle();
    var events = events("customer.subscription.*", "invoice.*");
    var customers = machine.stripe().numbers("customer");

    for (var number = 0; number < 10_000; number++) {
      machine.queue("StripeQueue").send(events.get(number % events.size()));
    }
    // Of ten, three go at once, and seven at the end, of whom three come back.
    for (var one = 0; one < 10; one++) {
      var left = 9_500 - 1_000 * one;
      until(() -> machine.queue("StripeQueue").depth() < left);
      machine.stripe().cancel(customers.get(one), one < 3);
      if (one > 6) {
        machine.stripe().goOn(customers.get(one));
      }
    }
    machine.settle(Duration.ofMinutes(5));

    assertNothingIsLeft();
    try (var backstage = new Backstage(machine)) {
      for (var person : all) {
        var subject = Problems.json(person.get("/session")).path("subject").asText();
        var mirror =
            backstage
                .store()
                .get(Subscription.KIND.in(subject), Purpose.BILLING)
                .orElseThrow()
                .value();
        var stripes = payments.subscription(mirror.subscription().orElseThrow()).orElseThrow();
        assertThat(mirror.customer()).hasValue(stripes.customer());
        assertThat(mirror.status()).hasValue(stripes.status());
        assertThat(mirror.paidUntil()).isEqualTo(stripes.paidUntil());
        assertThat(mirror.endsAt()).isEqualTo(stripes.endsAt());
      }
    }
  }

  // ── Help ───────────────────────────────────────────────────────────────────────────────────

  private Person somebody() {
    people++;
    return Person.of(machine, "person" + people + "@example.org")
        .at("127.0.51." + people)
        .withSession();
  }

  private static URI page(Person person, String plan) {
    var answer = person.send("POST", "/billing/checkout", "{\"plan\": \"" + plan + "\"}");
    assertThat(answer.statusCode()).isEqualTo(201);
    return URI.create(Problems.json(answer).path("url").asText());
  }

  private void pay(URI page, StripeCard card) {
    assertThat(machine.stripe().pay(page, card)).isPresent();
  }

  /** As they come into the queue. */
  private List<String> events(String... types) {
    return Stream.of(types)
        .flatMap(type -> machine.stripe().events(type).stream())
        .map(event -> "{\"event\":\"stripe-event#" + event + "\"}")
        .toList();
  }

  /** What the worker makes something of. */
  private List<String> followed() {
    return events("customer.subscription.*", "invoice.*", "checkout.session.*");
  }

  private List<String> queued() {
    return machine.queue("StripeQueue").bodies();
  }

  private void untilTried(List<String> events) throws InterruptedException {
    var before = machine.stripe().faults().calls().size();
    var asked = events.stream().map(event -> "GET /v1/events/" + event).toList();
    until(
        () -> {
          var calls = machine.stripe().faults().calls();
          return calls.subList(before, calls.size()).containsAll(asked);
        });
  }

  private static void until(BooleanSupplier done) throws InterruptedException {
    for (var wait = 0; !done.getAsBoolean(); wait++) {
      assertThat(wait).as("tenths of a second").isLessThan(300);
      Thread.sleep(100);
    }
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private void assertNothingIsLeft() {
    assertThat(queued()).isEmpty();
    assertThat(machine.queue("StripeDeadLetters").bodies()).isEmpty();
  }
}
