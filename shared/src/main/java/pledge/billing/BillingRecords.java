package pledge.billing;

import java.time.Instant;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.store.Change;
import pledge.store.Found;
import pledge.store.Ref;
import pledge.store.Store;
import pledge.vault.UnavailableException;

/** The billing records, each as Stripe last said. */
public final class BillingRecords {
  private static final int MOST_ATTEMPTS = 5;

  private final Store store;

  public BillingRecords(Store store) {
    this.store = store;
  }

  /** Those under a pseudonym, the youngest first. */
  public List<Found<BillingRecord>> of(String pseudonym) {
    return store.all(BillingRecord.KIND, pseudonym, Purpose.BILLING).stream()
        .sorted(
            Comparator.comparing((Found<BillingRecord> found) -> found.value().issuedAt())
                .reversed())
        .toList();
  }

  /**
   * Writes down what Stripe says now. Whoever reads Stripe first and writes last must not put back
   * what was so before: what stands there is read before Stripe is asked, and the write demands
   * that it stands there still.
   *
   * @param id the number that Stripe gave it
   * @param stripe asks; empty where there is nothing to be kept
   */
  void put(String pseudonym, String id, Supplier<Optional<BillingRecord>> stripe) {
    var ref = BillingRecord.ref(pseudonym, id);
    for (var attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      var before = store.get(ref, Purpose.BILLING).map(Found::value);
      var now = stripe.get();
      if (now.isEmpty() || now.equals(before) || written(ref, before, now.get())) {
        return;
      }
    }
    throw new UnavailableException("a billing record", new ConcurrentModificationException());
  }

  private boolean written(
      Ref<BillingRecord> ref, Optional<BillingRecord> before, BillingRecord now) {
    return before
        .map(record -> store.change(ref, change(record, now)))
        .orElseGet(() -> store.insert(ref, now, Instant.MAX).written());
  }

  private static Change change(BillingRecord before, BillingRecord now) {
    var change =
        Change.of(Category.BILLING_RECORD)
            .where("status", before.status())
            .where("amount", before.amount())
            .set("amount", now.amount())
            .set("currency", now.currency())
            .set("status", now.status())
            .set("issuedAt", now.issuedAt());
    now.invoice().ifPresent(number -> change.set("invoice", number));
    now.plan().ifPresent(name -> change.set("plan", name));
    now.tax().ifPresent(part -> change.set("tax", part));
    return change;
  }
}
