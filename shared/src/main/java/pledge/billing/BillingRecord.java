package pledge.billing;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.processor.Payments;
import pledge.store.Fields;
import pledge.store.Kind;
import pledge.store.Ref;

/**
 * What the law has us keep of an invoice, a refund or a dispute: these fields, and no other that
 * Stripe has of it. It stands under a pseudonym, by the number that Stripe gave it.
 *
 * @param invoice the number that is printed on the invoice
 * @param plan by our name
 * @param amount in the currency's smallest unit
 * @param status as Stripe names it
 */
public record BillingRecord(
    What kind,
    Optional<String> invoice,
    Optional<String> plan,
    long amount,
    Optional<Long> tax,
    String currency,
    String status,
    Instant issuedAt) {

  public static final Kind<BillingRecord> KIND =
      new Kind<>(Category.BILLING_RECORD, "BILLING", 1, BillingRecord::write, BillingRecord::read);

  /** What it is of. */
  public enum What {
    INVOICE,
    REFUND,
    DISPUTE
  }

  static BillingRecord of(Payments.Invoice invoice, Plans plans) {
    return new BillingRecord(
        What.INVOICE,
        invoice.number(),
        invoice.price().flatMap(plans::name),
        invoice.amount(),
        Optional.of(invoice.tax()),
        invoice.currency(),
        invoice.status(),
        invoice.issuedAt());
  }

  static BillingRecord of(Payments.Refund refund) {
    return new BillingRecord(
        What.REFUND,
        refund.invoiceNumber(),
        Optional.empty(),
        refund.amount(),
        Optional.empty(),
        refund.currency(),
        refund.status(),
        refund.issuedAt());
  }

  static BillingRecord of(Payments.Dispute dispute) {
    return new BillingRecord(
        What.DISPUTE,
        dispute.invoiceNumber(),
        Optional.empty(),
        dispute.amount(),
        Optional.empty(),
        dispute.currency(),
        dispute.status(),
        dispute.issuedAt());
  }

  static Ref<BillingRecord> ref(String pseudonym, String id) {
    return KIND.in(pseudonym, id);
  }

  private Fields write() {
    var fields =
        new Fields(Category.BILLING_RECORD)
            .text("kind", kind.name())
            .number("amount", amount)
            .text("currency", currency)
            .text("status", status)
            .instant("issuedAt", issuedAt);
    invoice.ifPresent(number -> fields.text("invoice", number));
    plan.ifPresent(name -> fields.text("plan", name));
    tax.ifPresent(part -> fields.number("tax", part));
    return fields;
  }

  private static BillingRecord read(Fields fields) {
    return new BillingRecord(
        What.valueOf(fields.text("kind")),
        fields.optionalText("invoice"),
        fields.optionalText("plan"),
        fields.number("amount"),
        fields.optionalNumber("tax"),
        fields.text("currency"),
        fields.text("status"),
        fields.instant("issuedAt"));
  }
}
