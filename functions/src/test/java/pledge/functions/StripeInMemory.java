package pledge.functions;

import static pledge.processor.Payments.Status.ACTIVE;
import static pledge.processor.Payments.Status.CANCELED;
import static pledge.processor.Payments.Status.PAST_DUE;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pledge.processor.Payments;
import pledge.vault.UnavailableException;

/**
 * Stripe's state, as far as the port shows it, and all that can go wrong on the way there and back.
 * What a test changes goes through no port, so it never fails.
 */
final class StripeInMemory implements Payments {
  static final String PRICE = "price_monthly";

  private final Map<String, Customer> customers = new LinkedHashMap<>();
  private final Map<String, PaidSubscription> subscriptions = new LinkedHashMap<>();
  private final Map<String, Invoice> invoices = new LinkedHashMap<>();
  private final Map<String, Refund> refunds = new LinkedHashMap<>();
  private final Map<String, String> refundsOfCharges = new LinkedHashMap<>();
  private final Map<String, Dispute> disputes = new LinkedHashMap<>();
  private final Map<String, Event> events = new LinkedHashMap<>();
  private final Map<String, String> checkouts = new LinkedHashMap<>();
  private final Map<String, Page> pages = new LinkedHashMap<>();
  final Set<String> undelivered = new HashSet<>();

  /** What changed something there, in order. */
  final List<String> done = new ArrayList<>();

  /** Subscriptions of which it refuses to give anything back, as of a disputed payment. */
  final Set<String> refusesToRefund = new HashSet<>();

  private int numbers;
  private int calls;
  private int dieAt = -1;
  private boolean dieAfter;
  private boolean dead;
  private int failures;
  private boolean failAfter;
  private @Nullable Runnable meanwhile;

  // ── What goes wrong ────────────────────────────────────────────────────────────────────────

  /** The next n calls are answered 429 or 5xx, or not at all: nothing is done there. */
  synchronized void failNext(int n) {
    failures = n;
    failAfter = false;
  }

  /** The next n answers are lost: all is done there. */
  synchronized void loseNextAnswers(int n) {
    failures = n;
    failAfter = true;
  }

  /** Whoever calls is dead before the n-th call from now, or after it: nothing comes after that. */
  synchronized void dieAtCall(int n, boolean after) {
    dieAt = calls + n;
    dieAfter = after;
  }

  synchronized boolean isDead() {
    return dead;
  }

  synchronized void reset() {
    dieAt = -1;
    dead = false;
    failures = 0;
    meanwhile = null;
  }

  /** Happens once, between what is read here next and its arrival. */
  synchronized void meanwhile(Runnable happens) {
    meanwhile = happens;
  }

  private <T> T call(Supplier<T> work) {
    T answer;
    Runnable between;
    synchronized (this) {
      calls++;
      if (dead || (calls == dieAt && !dieAfter)) {
        dead = true;
        throw unavailable();
      }
      if (failures > 0 && !failAfter) {
        failures--;
        throw unavailable();
      }
      answer = work.get();
      if (calls == dieAt) {
        dead = true;
        throw unavailable();
      }
      if (failures > 0) {
        failures--;
        throw unavailable();
      }
      between = meanwhile;
      meanwhile = null;
    }
    if (between != null) {
      between.run();
    }
    return answer;
  }

  private static UnavailableException unavailable() {
    return new UnavailableException("Stripe", new IOException());
  }

  // ── What a test changes ────────────────────────────────────────────────────────────────────

  private String number(String prefix) {
    return prefix + "_" + numbers++;
  }

  synchronized String event(String type, String object) {
    var id = number("evt");
    events.put(id, new Event(id, type, object, Instant.EPOCH));
    return id;
  }

  synchronized PaidSubscription subscribe(String customer, Status status, Instant at) {
    return subscribe(customer, PRICE, status, at);
  }

  synchronized PaidSubscription subscribe(
      String customer, String price, Status status, Instant at) {
    var paid =
        new PaidSubscription(
            number("sub"),
            customer,
            status,
            price,
            at,
            Optional.of(at.plus(Duration.ofDays(30))),
            Optional.empty(),
            false);
    subscriptions.put(paid.id(), paid);
    return paid;
  }

  synchronized void change(
      String subscription, Status status, Optional<Instant> paidUntil, Optional<Instant> endsAt) {
    subscriptions.computeIfPresent(
        subscription,
        (_, paid) ->
            with(
                paid,
                status,
                paidUntil.or(paid::paidUntil),
                endsAt.or(paid::endsAt),
                paid.givenBack()));
  }

  private static PaidSubscription with(
      PaidSubscription paid,
      Status status,
      Optional<Instant> paidUntil,
      Optional<Instant> endsAt,
      boolean givenBack) {
    return new PaidSubscription(
        paid.id(),
        paid.customer(),
        status,
        paid.price(),
        paid.createdAt(),
        paidUntil,
        endsAt,
        givenBack);
  }

  synchronized String bill(String subscription, Instant at) {
    var paid = subscriptions.get(subscription);
    if (paid == null) {
      throw new IllegalArgumentException("no subscription");
    }
    var id = number("in");
    var invoice =
        new Invoice(
            id,
            paid.customer(),
            Optional.of(subscription),
            Optional.of("A-" + id),
            Optional.of(paid.price()),
            1_900,
            303,
            "eur",
            "open",
            at,
            Optional.empty());
    invoices.put(id, invoice);
    return id;
  }

  /** It could not be charged; a subscription that is over stays so. */
  synchronized void fail(String invoice, Instant at) {
    state(invoice, "open", Optional.of(at), PAST_DUE);
  }

  synchronized void pay(String invoice) {
    state(invoice, "paid", Optional.empty(), ACTIVE);
  }

  private void state(
      String invoice, String status, Optional<Instant> failedAt, Status ofSubscription) {
    invoices.computeIfPresent(
        invoice,
        (_, was) -> {
          was.subscription()
              .flatMap(id -> Optional.ofNullable(subscriptions.get(id)))
              .filter(paid -> !paid.status().over())
              .ifPresent(
                  paid -> change(paid.id(), ofSubscription, Optional.empty(), Optional.empty()));
          return new Invoice(
              was.id(),
              was.customer(),
              was.subscription(),
              was.number(),
              was.price(),
              was.amount(),
              was.tax(),
              was.currency(),
              status,
              was.issuedAt(),
              failedAt);
        });
  }

  synchronized String dispute(String customer, Instant at) {
    var id = number("dp");
    dispute(id, customer, "needs_response", at);
    return id;
  }

  /** The dispute of that number, as it stands from now on. */
  synchronized void dispute(String id, String customer, String status, Instant at) {
    disputes.put(id, new Dispute(id, customer, Optional.of("A-1"), 1_900, "eur", status, at));
  }

  synchronized String giveBack(String customer, Instant at) {
    var id = number("re");
    refund(id, customer, "succeeded", at);
    return id;
  }

  /** The refund of that number, as it stands from now on. */
  synchronized void refund(String id, String customer, String status, Instant at) {
    refunds.put(id, new Refund(id, customer, Optional.of("A-1"), 1_900, "eur", status, at));
  }

  /** The charge that was given back. */
  synchronized String chargeOf(String refund) {
    var id = number("ch");
    refundsOfCharges.put(refund, id);
    return id;
  }

  synchronized String checkedOut(String customer) {
    var id = number("cs");
    checkouts.put(id, customer);
    return id;
  }

  synchronized void delete(String customer) {
    customers.put(customer, new Customer(customer, Optional.empty(), true));
    for (var paid : List.copyOf(subscriptions.values())) {
      if (paid.customer().equals(customer)) {
        change(paid.id(), CANCELED, Optional.empty(), Optional.empty());
      }
    }
  }

  synchronized String customerOf(String pseudonym) {
    return customers.values().stream()
        .filter(known -> known.pseudonym().filter(pseudonym::equals).isPresent())
        .map(Customer::id)
        .findFirst()
        .orElseGet(
            () -> {
              var id = number("cus");
              customers.put(id, new Customer(id, Optional.of(pseudonym), false));
              return id;
            });
  }

  synchronized PaidSubscription now(String subscription) {
    var paid = subscriptions.get(subscription);
    if (paid == null) {
      throw new IllegalArgumentException("no subscription");
    }
    return paid;
  }

  synchronized Invoice bill(String invoice) {
    var bill = invoices.get(invoice);
    if (bill == null) {
      throw new IllegalArgumentException("no invoice");
    }
    return bill;
  }

  synchronized int pages() {
    return pages.size();
  }

  // ── The port ───────────────────────────────────────────────────────────────────────────────

  @Override
  public String customer(String pseudonym) {
    return call(() -> customerOf(pseudonym));
  }

  @Override
  public Optional<Customer> find(String customer) {
    return call(() -> Optional.ofNullable(customers.get(customer)));
  }

  @Override
  public Page checkout(String customer, String pseudonym, String price, String attempt) {
    return call(
        () ->
            pages.computeIfAbsent(
                customer + attempt, _ -> new Page("https://stripe.test/" + number("page"))));
  }

  @Override
  public Optional<Page> portal(String customer) {
    return Optional.of(call(() -> new Page("https://stripe.test/" + number("portal"))));
  }

  @Override
  public List<PaidSubscription> subscriptions(String customer) {
    return call(
        () ->
            subscriptions.values().stream()
                .filter(paid -> paid.customer().equals(customer))
                .sorted(Comparator.comparing(PaidSubscription::createdAt))
                .toList());
  }

  @Override
  public Optional<PaidSubscription> subscription(String id) {
    return call(() -> Optional.ofNullable(subscriptions.get(id)));
  }

  @Override
  public Optional<String> customerOfCheckout(String session) {
    return call(() -> Optional.ofNullable(checkouts.get(session)));
  }

  @Override
  public Iterable<PaidSubscription> liveSubscriptions() {
    return call(
        () -> subscriptions.values().stream().filter(paid -> !paid.status().over()).toList());
  }

  @Override
  public void cancel(String subscription) {
    call(
        () -> {
          if (!now(subscription).status().over()) {
            change(subscription, CANCELED, Optional.empty(), Optional.empty());
            done.add("cancel " + subscription);
          }
          return true;
        });
  }

  @Override
  public void markGivenBack(String subscription) {
    call(
        () ->
            subscriptions.computeIfPresent(
                subscription,
                (_, paid) ->
                    with(
                        paid,
                        paid.status(),
                        paid.paidUntil(),
                        paid.endsAt(),
                        paid.givenBack() || !paid.status().over())));
  }

  @Override
  public void refund(String subscription) {
    call(
        () -> {
          if (refusesToRefund.contains(subscription)) {
            throw new IllegalStateException("Stripe answered 400 (charge_disputed)");
          }
          if (!done.contains("refund " + subscription)) {
            done.add("refund " + subscription);
          }
          return true;
        });
  }

  @Override
  public Optional<Invoice> invoice(String id) {
    return call(() -> Optional.ofNullable(invoices.get(id)));
  }

  @Override
  public List<Invoice> invoices(String customer) {
    return call(
        () ->
            invoices.values().stream()
                .filter(invoice -> invoice.customer().equals(customer))
                .toList());
  }

  @Override
  public Optional<Refund> findRefund(String id) {
    return call(() -> Optional.ofNullable(refunds.get(id)));
  }

  @Override
  public List<Refund> refundsOfCharge(String charge) {
    return call(
        () ->
            refunds.values().stream()
                .filter(refund -> charge.equals(refundsOfCharges.get(refund.id())))
                .toList());
  }

  @Override
  public Optional<Dispute> dispute(String id) {
    return call(() -> Optional.ofNullable(disputes.get(id)));
  }

  @Override
  public Optional<Event> event(String id) {
    return call(() -> Optional.ofNullable(events.get(id)));
  }

  @Override
  public Iterable<Event> undelivered() {
    return call(
        () -> events.values().stream().filter(event -> undelivered.contains(event.id())).toList());
  }
}
