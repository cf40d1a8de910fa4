package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pledge.billing.BillingRecord;
import pledge.billing.BillingRecords;
import pledge.billing.Checkouts;
import pledge.billing.Mirror;
import pledge.billing.OpenTask;
import pledge.billing.OpenTask.What;
import pledge.billing.OverduePayments;
import pledge.billing.Plans;
import pledge.billing.Reconciliation;
import pledge.billing.StripeEvents;
import pledge.billing.StripeEvents.Told;
import pledge.billing.Subscription;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.records.Backstage;
import pledge.records.DeclaredRecord;
import pledge.store.Backend;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Store;
import pledge.subject.Notice;
import pledge.subject.Notices;
import pledge.vault.SubjectId;

/** People who pay, and all of billing as a test goes on with it itself, over a Stripe in memory. */
final class Bills implements AutoCloseable {
  static final OverduePayments.Grace GRACE =
      new OverduePayments.Grace(List.of(Duration.ZERO, Duration.ofDays(3)), Duration.ofDays(7));

  static final Plans PLANS = new Plans(Map.of("monthly", StripeInMemory.PRICE));

  final Machine machine;
  final Backstage backstage;
  final StripeInMemory stripe = new StripeInMemory();
  private Backend backend;

  Bills() {
    // Stripe's times are whole seconds.
    this(Options.inMemory().withoutExpiry().withClockAt(Instant.parse("2026-11-24T09:30:00Z")));
  }

  Bills(Options options) {
    this(Machine.start(options.withoutFunctions()));
  }

  /** Of people on a machine of somebody else's, on which no function of billing runs. */
  Bills(Machine machine) {
    this.machine = machine;
    backstage = new Backstage(machine);
    backend = backstage.backend();
  }

  /** As of other instances of all functions, with no key in memory. */
  void restart() {
    backend = backstage.backend();
  }

  Store store() {
    return backend.store();
  }

  Instant now() {
    return machine.clock().instant();
  }

  /** Somebody who can sign in. */
  SubjectId somebody() {
    var person = backstage.subject();
    var credential =
        new Fields(Category.CREDENTIAL).text("passwordHash", "x").instant("changedAt", now());
    store()
        .insert(DeclaredRecord.only(Category.CREDENTIAL, person.value()), credential, Instant.MAX);
    return person;
  }

  /** Somebody who was on Stripe's page: there is a customer. */
  SubjectId customer() {
    return customer(somebody());
  }

  /** The same, of somebody who is there. */
  SubjectId customer(SubjectId person) {
    assertThat(checkouts().checkout(person, "monthly")).isInstanceOf(Checkouts.Opened.At.class);
    return person;
  }

  /** The number of their customer. */
  String number(SubjectId person) {
    return mirror(person).customer().orElseThrow();
  }

  Subscription mirror(SubjectId person) {
    return found(person).orElseThrow().value();
  }

  Optional<Found<Subscription>> found(SubjectId person) {
    return store().get(Subscription.KIND.in(person.value()), Purpose.BILLING);
  }

  Optional<Found<OpenTask>> task(What what, SubjectId person) {
    return OpenTask.of(store(), what, person);
  }

  /** As whoever makes assistants does when it is done. */
  void assistantIsDone(SubjectId person) {
    task(What.ASSISTANT, person).ifPresent(found -> store().delete(found.ref()));
  }

  List<Found<BillingRecord>> records(SubjectId person) {
    return new BillingRecords(store()).of(mirror(person).pseudonym());
  }

  List<Notice.About> notices(SubjectId person) {
    return told(person).stream().map(Notice::about).toList();
  }

  List<Notice> told(SubjectId person) {
    return store().all(Notice.KIND, person.value(), Purpose.SERVICE_MESSAGES).stream()
        .map(Found::value)
        .toList();
  }

  Mirror mirrors() {
    return new Mirror(backend, stripe, PLANS, machine.clock());
  }

  StripeEvents events() {
    return new StripeEvents(
        backend, stripe, mirrors(), new Notices(backend, machine.clock()), PLANS);
  }

  /** Stripe tells of that, and it is done. */
  Told tell(String type, String object) {
    return events().handle(stripe.event(type, object));
  }

  Checkouts checkouts() {
    return new Checkouts(backend, stripe, PLANS, machine.clock());
  }

  OverduePayments overdue() {
    return new OverduePayments(
        backend, new Notices(backend, machine.clock()), GRACE, machine.clock());
  }

  /** One hour's run. */
  void hour() {
    OpenTask.all(store(), What.OVERDUE).forEach(overdue()::advance);
  }

  Reconciliation reconciliation() {
    return new Reconciliation(backend, stripe, mirrors(), events(), machine.clock());
  }

  @Override
  public void close() {
    backstage.close();
    machine.close();
  }
}
