package pledge.processor.stripe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import pledge.policy.Processor;
import pledge.processor.Custodian;
import pledge.processor.Documents;
import pledge.processor.Payments;
import pledge.vault.Environment;
import pledge.vault.Json;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;

/**
 * What Stripe holds of a person. A customer is deleted at once, and with it goes what is charged
 * again; payments of the last 90 days Stripe redacts for nobody, because a bank may still ask about
 * them: those it is asked for again when they are older.
 */
public final class StripeCustodian implements Custodian {
  private static final String REDACTIONS = "/v1/privacy/redaction_jobs";

  /** How old a payment must be, and how long Stripe may take then: a week, as it says. */
  private static final Duration REDACTABLE = Duration.ofDays(90 + 7);

  /** Looks at a redaction within one call, before it is asked for another time. */
  private static final int LOOKS = 5;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /** A customer's number; what is none is the pseudonym that a customer of ours has. */
  private static final String CUSTOMER = "cus_";

  /** What a person is handed of their own: nothing of a card or a bank account is among it. */
  private static final List<String> OF_CUSTOMER =
      List.of(
          "id",
          "created",
          "name",
          "email",
          "phone",
          "address",
          "shipping",
          "currency",
          "balance",
          "description",
          "preferred_locales",
          "metadata",
          "deleted");

  private static final List<String> OF_SUBSCRIPTION =
      List.of(
          "id",
          "created",
          "status",
          "currency",
          "start_date",
          "trial_end",
          "cancel_at",
          "cancel_at_period_end",
          "canceled_at",
          "ended_at",
          "metadata");

  private static final List<String> OF_INVOICE =
      List.of(
          "id",
          "number",
          "created",
          "status",
          "currency",
          "subtotal",
          "total",
          "amount_due",
          "amount_paid",
          "amount_remaining",
          "customer_name",
          "customer_email",
          "customer_phone",
          "customer_address",
          "customer_tax_ids",
          "period_start",
          "period_end",
          "description",
          "attempt_count",
          "hosted_invoice_url",
          "invoice_pdf");

  private static final List<String> OF_PAYMENT =
      List.of("id", "created", "status", "amount", "amount_refunded", "currency", "receipt_email");

  private final StripeApi api;
  private final Payments payments;
  private final Function<SubjectId, List<String>> known;
  private final InstantSource clock;

  /**
   * Over these calls.
   *
   * @param known the numbers of a person's customer, and the pseudonym that it has
   */
  public StripeCustodian(
      StripeApi api, Function<SubjectId, List<String>> known, InstantSource clock) {
    this.api = api;
    this.payments = new StripePayments(api, "");
    this.known = known;
    this.clock = clock;
  }

  /** As the settings say. */
  public static StripeCustodian of(
      Environment environment, Function<SubjectId, List<String>> known) {
    return new StripeCustodian(StripeApi.of(environment), known, environment.clock());
  }

  @Override
  public Processor processor() {
    return Processor.STRIPE;
  }

  @Override
  public List<String> numbers(SubjectId person) {
    return known.apply(person);
  }

  /**
   * A customer that is deleted is found by its number alone: the pseudonym leads nowhere by then.
   */
  @Override
  public List<String> forLater(List<String> numbers) {
    return numbers.stream().filter(number -> number.startsWith(CUSTOMER)).toList();
  }

  @Override
  public void stop(List<String> numbers) {
    customers(numbers).forEach(this::cancel);
  }

  @Override
  public Answer erase(List<String> numbers) {
    var customers = customers(numbers);
    customers.forEach(this::delete);
    Answer answer = new Answer.Gone();
    for (var customer : customers) {
      var redacted = redact(customer);
      // A no stands, whatever is said of the others; of two days the last that is said is later.
      if (!(answer instanceof Answer.Refused || redacted instanceof Answer.Gone)) {
        answer = redacted;
      }
    }
    return answer;
  }

  /**
   * All customers there are: the one that is written down, and one whose number nobody lived to
   * write down, found by its pseudonym. A customer that is deleted is found by its number alone.
   */
  private Set<String> customers(List<String> numbers) {
    var customers = new LinkedHashSet<String>();
    for (var number : numbers) {
      if (number.startsWith(CUSTOMER)) {
        customers.add(number);
      } else {
        var query = "metadata['pseudonym']:'" + StripeApi.checked(number) + "'";
        api.search(StripePayments.CUSTOMERS, query)
            .forEach(found -> customers.add(found.text("id")));
      }
    }
    return customers;
  }

  private void delete(String customer) {
    if (!payments.has(customer)) {
      return;
    }
    // First, and each by itself: nothing is charged again, whatever becomes of the rest.
    cancel(customer);
    api.delete(StripePayments.CUSTOMERS, customer);
    if (payments.has(customer)) {
      throw unavailable("a customer is still there");
    }
  }

  private void cancel(String customer) {
    // Before subscriptions are looked for: who has such a page open could still pay.
    api.all(StripePayments.CHECKOUTS, Map.of("customer", customer, "status", "open"))
        .forEach(page -> close(page.text("id")));
    payments.subscriptions(customer).stream()
        .filter(subscription -> !subscription.status().over())
        .forEach(subscription -> payments.cancel(subscription.id()));
  }

  private void close(String page) {
    try {
      api.post(
          StripePayments.CHECKOUTS + "/" + StripeApi.checked(page) + "/expire",
          Map.of(),
          "expire-" + page);
    } catch (StripeRefusal e) {
      var isOpen =
          api.find(StripePayments.CHECKOUTS, page, Map.of())
              .filter(found -> found.text("status").equals("open"))
              .isPresent();
      if (isOpen) {
        throw e;
      }
    }
  }

  /** Has taken out of the payments what they say of somebody, where they are old enough. */
  private Answer redact(String customer) {
    if (payments.find(customer).isEmpty()) {
      return new Answer.Gone();
    }
    try {
      var job = job(customer);
      for (var look = 0; look < LOOKS; look++) {
        switch (job.text("status")) {
          case "succeeded" -> {
            return new Answer.Gone();
          }
          case "ready" ->
              job = api.postPreview(path(job, "run"), Map.of(), "run-" + job.text("id"));
          case "failed" -> {
            return tooYoung(job);
          }
          default -> rest();
        }
        job = api.preview(REDACTIONS, job.text("id")).orElse(job);
      }
    } catch (StripeRefusal e) {
      return new Answer.Refused("Stripe does not redact payments for this account: " + e.code());
    }
    throw unavailable("a redaction is under way");
  }

  /** One a day for a customer: asked for again, it is the one that is under way. */
  private StripeObject job(String customer) {
    var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    var made =
        api.postPreview(
            REDACTIONS,
            Map.of("objects", Map.of("customers", List.of(customer))),
            "redact-" + customer + "-" + today);
    // What was answered the first time is answered again: how it stands now is asked for.
    return api.preview(REDACTIONS, made.text("id")).orElse(made);
  }

  private Answer tooYoung(StripeObject job) {
    var locked =
        job.list("validation_errors").stream()
            .anyMatch(error -> error.optionalText("code").orElse("").equals("locked_by_other_job"));
    if (locked) {
      throw unavailable("another redaction is under way");
    }
    return new Answer.Later(
        "payments of the last 90 days, and what was typed in to make them",
        clock.instant().plus(REDACTABLE));
  }

  private static String path(StripeObject job, String what) {
    return REDACTIONS + "/" + StripeApi.checked(job.text("id")) + "/" + what;
  }

  private static void rest() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("interrupted");
    }
  }

  private static UnavailableException unavailable(String why) {
    return new UnavailableException("Stripe", new IllegalStateException(why));
  }

  @Override
  public Handover copy(List<String> numbers, Documents into) throws IOException {
    var customers = customers(numbers);
    write(into, "customer.json", customers, OF_CUSTOMER, this::one);
    write(
        into,
        "subscriptions.json",
        customers,
        OF_SUBSCRIPTION,
        customer ->
            api.all(StripePayments.SUBSCRIPTIONS, Map.of("customer", customer, "status", "all")));
    write(into, "invoices.json", customers, OF_INVOICE, all(StripePayments.INVOICES));
    write(into, "payments.json", customers, OF_PAYMENT, all(StripePayments.CHARGES));
    return new Handover.HandedOver();
  }

  private Iterable<StripeObject> one(String customer) {
    return api.find(StripePayments.CUSTOMERS, customer, Map.of()).stream().toList();
  }

  private Function<String, Iterable<StripeObject>> all(String path) {
    return customer -> api.all(path, Map.of("customer", customer));
  }

  /** As an array of JSON, written as it is read: there may be years of it. */
  private static void write(
      Documents into,
      String name,
      Set<String> customers,
      List<String> fields,
      Function<String, Iterable<StripeObject>> found)
      throws IOException {
    var out = into.begin(name);
    var between = "[";
    for (var customer : customers) {
      for (var object : found.apply(customer)) {
        var line = between + "\n" + Json.MAPPER.toJson(object.only(fields));
        out.write(line.getBytes(StandardCharsets.UTF_8));
        between = ",";
      }
    }
    out.write((between.equals("[") ? "[]\n" : "\n]\n").getBytes(StandardCharsets.UTF_8));
  }
}
