package pledge.policy;

import static pledge.policy.Audience.ASSISTANT_CUSTOMERS;
import static pledge.policy.Audience.DEVELOPERS;
import static pledge.policy.Clause.a;
import static pledge.policy.Clause.b;
import static pledge.policy.Declaration.declare;
import static pledge.policy.Field.Type.BYTES;
import static pledge.policy.Field.Type.INSTANT;
import static pledge.policy.Field.Type.NUMBER;
import static pledge.policy.Field.Type.TEXT;
import static pledge.policy.Field.clear;
import static pledge.policy.Field.sealed;

/** What is declared of the service: the assistant, the API, its use, and what is paid for it. */
final class ServiceCategories {
  static final Declaration ASSISTANT =
      declare("your AI assistant: its settings, and the conversations and files that it keeps")
          .from(a(2), a(3), a(4), a(6), a(7))
          .only(ASSISTANT_CUSTOMERS)
          .purposes(Purpose.ASSISTANT, Purpose.SUPPORT, Purpose.LEGAL_DUTY, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("script", TEXT, "the random name of your assistant's own environment")
                  .seenBy(Processor.CLOUDFLARE),
              clear("state", TEXT, "whether it is being made, running, suspended or deleted"),
              clear("revision", TEXT, "another random id with each change"),
              clear("settings", TEXT, "another random id with each change of its settings")
                  .seenBy(Processor.CLOUDFLARE),
              clear("busyUntil", INSTANT, "until when we are at work at it"),
              clear("endedAt", INSTANT, "since when it is being deleted"),
              sealed("configuration", TEXT, "its settings")
                  .seenBy(Processor.CLOUDFLARE)
                  .thatCanBeCorrected(),
              sealed("token", TEXT, "the token that it answers to")
                  .seenBy(Processor.CLOUDFLARE)
                  .thatIsSecret(),
              sealed("secret", TEXT, "the secret that what it stores is encrypted with")
                  .seenBy(Processor.CLOUDFLARE)
                  .thatIsSecret())
          .heldBy(
              Processor.CLOUDFLARE,
              "your conversations and files, in your assistant's own storage, encrypted with a"
                  + " secret of its own that is deleted with it");

  static final Declaration SUBSCRIPTION =
      declare("your subscription")
          .from(a(4), a(7), b(1), b(2))
          .purposes(Purpose.BILLING, Purpose.SERVICE_MESSAGES, Purpose.SUPPORT, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("revision", TEXT, "another random id with each change"),
              sealed("customer", TEXT, "the number that Stripe gave you").seenBy(Processor.STRIPE),
              sealed("subscription", TEXT, "the number that Stripe gave your subscription")
                  .seenBy(Processor.STRIPE),
              sealed("pseudonym", TEXT, "the random id that your billing records are kept under")
                  .seenBy(Processor.STRIPE),
              sealed("plan", TEXT, "what you subscribed to").seenBy(Processor.STRIPE),
              sealed("status", TEXT, "whether it is active, overdue or ended"),
              sealed("paidUntil", INSTANT, "until when it is paid"),
              sealed("endsAt", INSTANT, "when it ends, if you cancelled it"),
              sealed("overdueSince", INSTANT, "since when a payment is overdue"),
              sealed("suspendedAt", INSTANT, "since when your assistant stands still for that"))
          .heldBy(
              Processor.STRIPE,
              "what you enter on Stripe's own pages, such as your payment details, and your"
                  + " invoices");

  static final Declaration OPEN_TASK =
      declare("that something about your subscription or your assistant is not done yet")
          .from(a(4), a(7))
          .purposes(Purpose.ASSISTANT, Purpose.BILLING)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.AUDIT, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(
              new OwnerPath.Impersonal(
                  "it says by a random id that somebody is to be gone on with, and is deleted when"
                      + " that is done"))
          .notExported("what it is about is in the export; this is deleted when it is done")
          .fields(
              clear("subject", TEXT, "the random id of your account"),
              clear("kind", TEXT, "what is to be done"),
              clear("since", INSTANT, "since when"),
              clear("wokenAt", INSTANT, "when it was last to be gone on with"));

  static final Declaration BILLING_RECORD =
      declare("your invoices, payments and refunds, under a random id instead of your name")
          .from(a(7), b(1), b(4))
          .purposes(Purpose.BILLING, Purpose.LEGAL_DUTY, Purpose.RIGHTS)
          .basis(LegalBasis.LEGAL_OBLIGATION)
          .keptIn(Table.BILLING, RetentionPeriod.YEARS_7)
          .ownedBy(new OwnerPath.Pseudonym())
          .keptAtErasure(
              "the law requires them for 7 years; what led from their random id to you is erased")
          .fields(
              clear("kind", TEXT, "whether it is an invoice, a payment, a refund or a dispute"),
              clear("invoice", TEXT, "the number of the invoice"),
              clear("plan", TEXT, "what was charged for"),
              clear("amount", NUMBER, "how much, in the currency's smallest unit"),
              clear("tax", NUMBER, "how much of it is tax"),
              clear("currency", TEXT, "the currency"),
              clear("status", TEXT, "whether it is paid, open or void"),
              clear("issuedAt", INSTANT, "when it was issued"));

  static final Declaration METER_LEDGER =
      declare("the API usage that we reported to Stripe for your bill")
          .from(b(1), b(2))
          .only(DEVELOPERS)
          .purposes(Purpose.BILLING, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.USAGE, RetentionPeriod.MONTHS_13)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              sealed("identifier", TEXT, "the number of the report").seenBy(Processor.STRIPE),
              sealed("meter", TEXT, "what was counted").seenBy(Processor.STRIPE),
              sealed("value", NUMBER, "how much").seenBy(Processor.STRIPE),
              sealed("countedAt", INSTANT, "when it was used").seenBy(Processor.STRIPE),
              clear("sentAt", INSTANT, "when it was reported"));

  static final Declaration API_KEY =
      declare("your API keys, hashed")
          .from(b(5))
          .only(DEVELOPERS)
          .purposes(Purpose.AUTHENTICATION, Purpose.API_SERVICE, Purpose.SECURITY, Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.SUBJECTS, RetentionPeriod.UNTIL_ERASURE)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("keyHash", BYTES, "the hash of the key, which is shown to you once")
                  .thatIsSecret(),
              sealed("name", TEXT, "what you called it").thatCanBeCorrected(),
              sealed("hint", TEXT, "its last characters, so that you can tell keys apart"),
              clear("createdAt", INSTANT, "when it was made"),
              clear("usedAt", INSTANT, "when it was last used, within the hour"),
              clear("revokedAt", INSTANT, "when it was revoked"),
              clear("debugUntil", INSTANT, "until when you let us log what it sends"));

  static final Declaration API_REQUEST_LOG =
      declare("your requests to the API, without their content")
          .from(b(1), b(4))
          .only(DEVELOPERS)
          .purposes(
              Purpose.API_SERVICE,
              Purpose.BILLING,
              Purpose.SECURITY,
              Purpose.OPERATIONS,
              Purpose.SUPPORT,
              Purpose.RIGHTS)
          .basis(LegalBasis.CONTRACT)
          .keptIn(Table.ACTIVITY, RetentionPeriod.DAYS_30)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("at", INSTANT, "when"),
              sealed("endpoint", TEXT, "the endpoint").seenBy(Processor.SENTRY),
              sealed("status", NUMBER, "the status code").seenBy(Processor.SENTRY),
              sealed("inputTokens", NUMBER, "how many tokens you sent"),
              sealed("outputTokens", NUMBER, "how many tokens you got"),
              sealed("address", TEXT, "the network address it came from"),
              sealed("userAgent", TEXT, "the program it came from"),
              sealed("error", TEXT, "the kind of the error, if there was one")
                  .seenBy(Processor.SENTRY));

  static final Declaration REQUEST_CONTENT =
      declare("what you sent to the API, while you have debugging on for the key")
          .from(b(1), b(4))
          .only(DEVELOPERS)
          .purposes(Purpose.OPERATIONS, Purpose.RIGHTS)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.HOURS_24)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("at", INSTANT, "when"), sealed("content", TEXT, "the prompt or other input"));

  static final Declaration USAGE_ANALYTICS =
      declare("how much you used the service, counted by day")
          .from(b(1), b(4))
          .purposes(
              Purpose.ASSISTANT,
              Purpose.API_SERVICE,
              Purpose.BILLING,
              Purpose.IMPROVEMENT,
              Purpose.RIGHTS)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.USAGE, RetentionPeriod.MONTHS_13)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("day", INSTANT, "the day"),
              sealed("feature", TEXT, "what was used"),
              sealed("requests", NUMBER, "how often"),
              sealed("tokens", NUMBER, "how many tokens"));

  static final Declaration USAGE_AGGREGATE =
      declare("figures over 20 customers or more, which identify nobody")
          .from(a(3), b(2))
          .purposes(Purpose.IMPROVEMENT)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.USAGE, RetentionPeriod.MONTHS_13)
          .ownedBy(new OwnerPath.Impersonal("a figure over fewer than 20 customers is not made"))
          .notExported("it is about nobody")
          .fields(
              clear("period", INSTANT, "the day or month"),
              clear("feature", TEXT, "what was used"),
              clear("customers", NUMBER, "by how many customers, 20 or more"),
              clear("requests", NUMBER, "how often in all"),
              clear("tokens", NUMBER, "how many tokens in all"));

  static final Declaration SERVER_LOG =
      declare("your visits to our website and dashboard")
          .from(a(2))
          .purposes(Purpose.SECURITY, Purpose.OPERATIONS, Purpose.RIGHTS)
          .basis(LegalBasis.LEGITIMATE_INTERESTS)
          .keptIn(Table.ACTIVITY, RetentionPeriod.DAYS_30)
          .ownedBy(new OwnerPath.Partition())
          .fields(
              clear("at", INSTANT, "when"),
              sealed("address", TEXT, "the network address it came from"),
              sealed("userAgent", TEXT, "the browser it came from"),
              sealed("route", TEXT, "which page or function was asked for")
                  .seenBy(Processor.SENTRY),
              sealed("status", NUMBER, "what the answer was").seenBy(Processor.SENTRY),
              sealed("error", TEXT, "the kind of the error, if there was one")
                  .seenBy(Processor.SENTRY));

  private ServiceCategories() {}
}
