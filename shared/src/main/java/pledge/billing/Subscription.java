package pledge.billing;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.processor.Payments.Status;
import pledge.store.Fields;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.store.Store;
import pledge.vault.SubjectId;

/**
 * What a person subscribed to, as Stripe last said. It is made when they first go to pay, with the
 * pseudonym that Stripe and the billing records know them by.
 *
 * @param revision another one with each change: whoever changes it names the one that was read
 * @param customer the number that Stripe gave them
 * @param subscription the number that Stripe gave it
 * @param plan by our name
 * @param overdueSince when the first try to charge what is owed failed
 * @param suspendedAt since when the assistant stands still for that
 */
public record Subscription(
    String revision,
    String pseudonym,
    Optional<String> customer,
    Optional<String> subscription,
    Optional<String> plan,
    Optional<Status> status,
    Optional<Instant> paidUntil,
    Optional<Instant> endsAt,
    Optional<Instant> overdueSince,
    Optional<Instant> suspendedAt) {

  public static final Kind<Subscription> KIND =
      new Kind<>(Category.SUBSCRIPTION, "SUBSCRIPTION", 1, Subscription::write, Subscription::read);

  /** What it entitles to. */
  public enum Entitlement {
    /** To nothing: there is none, it is over, or it was never paid. */
    NONE,
    RUNNING,
    /** What was made is kept, and stands still until what is owed is paid. */
    SUSPENDED;

    /** {@code running}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Of who goes to pay for the first time. */
  static Subscription none(String revision, String pseudonym) {
    return new Subscription(
        revision,
        pseudonym,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same, with the number that Stripe gave the person. */
  Subscription withCustomer(String nextRevision, String number) {
    return with(nextRevision, Optional.of(number), suspendedAt);
  }

  /** The same, without the number of a customer that is deleted at Stripe. */
  Subscription withoutCustomer() {
    return none(revision, pseudonym);
  }

  /** The same, of an assistant that stands still from now on. */
  Subscription suspended(String nextRevision, Instant now) {
    return with(nextRevision, customer, Optional.of(now));
  }

  /** The same, under another revision. */
  Subscription revised(String nextRevision) {
    return with(nextRevision, customer, suspendedAt);
  }

  private Subscription with(
      String nextRevision, Optional<String> nextCustomer, Optional<Instant> nextSuspendedAt) {
    return new Subscription(
        nextRevision,
        pseudonym,
        nextCustomer,
        subscription,
        plan,
        status,
        paidUntil,
        endsAt,
        overdueSince,
        nextSuspendedAt);
  }

  /**
   * By which numbers Stripe knows a person: their customer's, where it is written down, and the
   * pseudonym that a customer of theirs has in any case; none where they never went to pay.
   */
  public static List<String> numbers(Store store, SubjectId person) {
    return store
        .get(KIND.in(person.value()), Purpose.RIGHTS)
        .map(Found::value)
        .map(found -> Stream.concat(found.customer.stream(), Stream.of(found.pseudonym)).toList())
        .orElse(List.of());
  }

  /** Whether it is not over: something is paid, or can still be. */
  public boolean isLive() {
    return status.isPresent() && !status.get().over();
  }

  /** What it entitles to now. */
  public Entitlement entitlement() {
    return status
        .map(
            stripes ->
                switch (stripes) {
                  case TRIALING, ACTIVE, PAST_DUE ->
                      suspendedAt.isPresent() ? Entitlement.SUSPENDED : Entitlement.RUNNING;
                  case UNPAID, PAUSED -> Entitlement.SUSPENDED;
                  case INCOMPLETE, INCOMPLETE_EXPIRED, CANCELED -> Entitlement.NONE;
                })
        .orElse(Entitlement.NONE);
  }

  private Fields write() {
    var fields =
        new Fields(Category.SUBSCRIPTION).text("revision", revision).text("pseudonym", pseudonym);
    customer.ifPresent(number -> fields.text("customer", number));
    subscription.ifPresent(number -> fields.text("subscription", number));
    plan.ifPresent(name -> fields.text("plan", name));
    status.ifPresent(stripes -> fields.text("status", stripes.name()));
    paidUntil.ifPresent(end -> fields.instant("paidUntil", end));
    endsAt.ifPresent(end -> fields.instant("endsAt", end));
    overdueSince.ifPresent(since -> fields.instant("overdueSince", since));
    suspendedAt.ifPresent(since -> fields.instant("suspendedAt", since));
    return fields;
  }

  private static Subscription read(Fields fields) {
    return new Subscription(
        fields.text("revision"),
        fields.text("pseudonym"),
        fields.optionalText("customer"),
        fields.optionalText("subscription"),
        fields.optionalText("plan"),
        fields.optionalText("status").map(Status::valueOf),
        fields.optionalInstant("paidUntil"),
        fields.optionalInstant("endsAt"),
        fields.optionalInstant("overdueSince"),
        fields.optionalInstant("suspendedAt"));
  }

  @Override
  public String toString() {
    return "Subscription[redacted]";
  }
}
