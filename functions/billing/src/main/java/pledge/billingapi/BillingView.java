package pledge.billingapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import pledge.billing.BillingRecord;
import pledge.billing.Checkouts;
import pledge.billing.Subscription;
import pledge.http.Response;
import pledge.processor.Payments.Status;
import pledge.store.Found;
import pledge.subject.Sessions.SignedIn;

/** What a person sees of what they pay for, as JSON. */
final class BillingView {
  /** The youngest; all there are is in the copy of one's data. */
  private static final int MOST_RECORDS = 200;

  private static final Set<Status> PAID = Set.of(Status.TRIALING, Status.ACTIVE);

  private BillingView() {}

  static Response of(Checkouts checkouts, SignedIn person) {
    var view = new LinkedHashMap<String, Object>();
    var there = checkouts.of(person.subject());
    // Who is leaving begins nothing new.
    view.put("plans", person.leaving().isPresent() ? List.of() : checkouts.plans());
    there
        .subscription()
        .filter(mirrored -> mirrored.status().isPresent())
        .ifPresent(mirrored -> view.put("subscription", of(mirrored)));
    view.put("records", there.records().stream().limit(MOST_RECORDS).map(BillingView::of).toList());
    return Response.json(200, view);
  }

  private static Map<String, Object> of(Subscription mirrored) {
    var view = new LinkedHashMap<String, Object>();
    mirrored.plan().ifPresent(plan -> view.put("plan", plan));
    mirrored.status().ifPresent(status -> view.put("status", lower(status)));
    view.put("live", mirrored.isLive());
    view.put("entitlement", mirrored.entitlement().id());
    mirrored
        .paidUntil()
        // The period of what is owed has an end too.
        .filter(end -> mirrored.status().filter(PAID::contains).isPresent())
        .ifPresent(end -> view.put("paidUntil", end.toString()));
    mirrored.endsAt().ifPresent(end -> view.put("endsAt", end.toString()));
    mirrored.overdueSince().ifPresent(since -> view.put("overdueSince", since.toString()));
    mirrored.suspendedAt().ifPresent(since -> view.put("suspendedAt", since.toString()));
    return view;
  }

  private static Map<String, Object> of(Found<BillingRecord> found) {
    var view = new LinkedHashMap<String, Object>();
    var billed = found.value();
    view.put("id", found.ref().id());
    view.put("kind", lower(billed.kind()));
    billed.invoice().ifPresent(number -> view.put("invoice", number));
    billed.plan().ifPresent(plan -> view.put("plan", plan));
    view.put("amount", billed.amount());
    billed.tax().ifPresent(tax -> view.put("tax", tax));
    view.put("currency", billed.currency());
    view.put("status", billed.status());
    view.put("issuedAt", billed.issuedAt().toString());
    return view;
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }
}
