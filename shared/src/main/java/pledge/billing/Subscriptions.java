package pledge.billing;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import pledge.policy.Purpose;
import pledge.processor.Payments;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.subject.Leaving;
import pledge.vault.Secrets;
import pledge.vault.SubjectId;
import pledge.vault.Vault;

/** The mirrors, and how one comes to them: from a person, and from what Stripe names. */
final class Subscriptions {
  private static final int ID_BYTES = 16;
  private static final Pattern PSEUDONYM = Pattern.compile("[A-Za-z0-9_-]{22}");

  private final Store store;
  private final Vault vault;
  private final Payments payments;

  Subscriptions(Backend backend, Payments payments) {
    this.store = backend.store();
    this.vault = backend.vault();
    this.payments = payments;
  }

  static Ref<Subscription> ref(SubjectId person) {
    return Subscription.KIND.in(person.value());
  }

  /** Another one with each change. */
  static String revision() {
    return Secrets.text(Secrets.random(ID_BYTES));
  }

  Optional<Found<Subscription>> of(SubjectId person) {
    return store.get(ref(person), Purpose.BILLING);
  }

  /**
   * The one of a person who goes to pay, made where there is none.
   *
   * @return empty where the person is leaving
   */
  Optional<Found<Subscription>> begin(SubjectId person) {
    var there = of(person);
    if (there.isPresent()) {
      return there;
    }
    var pseudonym = Secrets.text(Secrets.random(ID_BYTES));
    store
        .transaction()
        .insert(
            ref(person),
            Subscription.none(revision(), pseudonym),
            Instant.MAX,
            Set.of(vault.blindIndex("pseudonym", pseudonym)))
        // An erasure has read by which numbers Stripe knows the person when it deletes this.
        .require(Leaving.ref(person), Leaving.isNot())
        .commit();
    return of(person);
  }

  /**
   * Writes down the customer, before anything can be paid by it.
   *
   * @return false where somebody else changed the mirror meanwhile
   */
  boolean setCustomer(Found<Subscription> found, String customer) {
    return store
        .transaction()
        .replaceWhere(
            found,
            found.value().withCustomer(revision(), customer),
            "revision",
            Set.of(vault.blindIndex("customer", customer)))
        .commit()
        .written();
  }

  /** Whose customer it is; empty where it is nobody's, or that person is erased. */
  Optional<SubjectId> owner(String customer) {
    return store
        .find(vault.blindIndex("customer", customer))
        // Whoever made the customer died before it was written down.
        .or(
            () ->
                pseudonym(customer)
                    .flatMap(known -> store.find(vault.blindIndex("pseudonym", known))));
  }

  /** The pseudonym that Stripe has of a customer. */
  Optional<String> pseudonym(String customer) {
    return payments
        .find(customer)
        .flatMap(Payments.Customer::pseudonym)
        .filter(text -> PSEUDONYM.matcher(text).matches());
  }
}
