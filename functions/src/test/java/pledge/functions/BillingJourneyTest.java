package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.billing.BillingRecord;
import pledge.billing.Subscription;
import pledge.local.Machine;
import pledge.local.Mail;
import pledge.local.StripeCard;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.records.Backstage;
import pledge.subject.Notice;
import pledge.subject.Notices;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** People pay, fail to, and cancel, by HTTP and on Stripe's own pages, while time passes. */
class BillingJourneyTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final Machine machine;
  private final Person ada;

  BillingJourneyTest() {
    var captured = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(captured);
    System.setErr(captured);
    machine =
        Machine.start(
            QuickHashes.options(
                    "BillingWorkerFunction",
                    "BillingClockFunction",
                    "BillingReconciliationFunction",
                    "ExportFunction")
                .withClockAt(Instant.parse("2026-11-24T09:30:00Z")));
    ada = Person.of(machine, "ada@example.org").withSession();
  }

  @AfterEach
  void close() {
    machine.close();
    System.setOut(out);
    System.setErr(err);
    out.print(printed.toString(StandardCharsets.UTF_8));
  }

  private static HttpResponse<String> checkout(Person person, String plan) {
    return person.send("POST", "/billing/checkout", "{\"plan\": \"" + plan + "\"}");
  }

  private static URI page(Person person, String plan) {
    var answer = checkout(person, plan);
    assertThat(answer.statusCode()).isEqualTo(201);
    return URI.create(Problems.json(answer).path("url").asText());
  }

  private void subscribe(Person person, StripeCard card) {
    assertThat(machine.stripe().pay(page(person, "personal"), card)).isPresent();
    machine.settle();
  }

  private static JsonNode billing(Person person) {
    var answer = person.get("/billing");
    assertThat(answer.statusCode()).isEqualTo(200);
    return Problems.json(answer);
  }

  private String customer() {
    return machine.stripe().numbers("customer").getLast();
  }

  private List<Mail> mails() {
    return machine.mailbox().to(ada.email);
  }

  private void pass(Duration time) {
    machine.clock().advance(time);
    machine.settle(Duration.ofMinutes(2));
    ada.signIn();
  }

  @Test
  void whoPaysSeesWhatTheyPayForAndWhoCancelsSeesTheEnd() {
    assertThat(billing(ada).path("plans")).hasSize(2);
    assertThat(billing(ada).has("subscription")).isFalse();
    assertProblem(ada.send("POST", "/billing/portal", null), 409, "never-subscribed");

    subscribe(ada, StripeCard.GOOD);

    var paid = billing(ada);
    assertThat(paid.at("/subscription/plan").asText()).isEqualTo("personal");
    assertThat(paid.at("/subscription/status").asText()).isEqualTo("active");
    assertThat(paid.at("/subscription/entitlement").asText()).isEqualTo("running");
    assertThat(paid.path("records")).hasSize(1);
    assertThat(paid.at("/records/0/kind").asText()).isEqualTo("invoice");
    assertThat(paid.at("/records/0/status").asText()).isEqualTo("paid");
    assertThat(paid.at("/records/0/plan").asText()).isEqualTo("personal");
    assertThat(paid.at("/records/0/amount").asLong()).isPositive();
    assertProblem(checkout(ada, "family"), 409, "subscribed-already");
    assertThat(ada.send("POST", "/billing/portal", null).statusCode()).isEqualTo(201);

    machine.stripe().cancel(customer(), false);
    machine.settle();
    assertThat(billing(ada).at("/subscription/endsAt").asText()).isNotEmpty();
    assertThat(billing(ada).at("/subscription/entitlement").asText()).isEqualTo("running");
    pass(Duration.ofDays(32));

    assertThat(billing(ada).at("/subscription/status").asText()).isEqualTo("canceled");
    assertThat(billing(ada).at("/subscription/entitlement").asText()).isEqualTo("none");
    assertNothingIsLost();
  }

  @Test
  @DisplayName("erase-everywhere: who asked to be erased can still cancel, and begins nothing new")
  void whoIsLeavingCanStillCancel() {
    var old = page(ada, "family");
    subscribe(ada, StripeCard.GOOD);
    assertThat(ada.send("POST", "/privacy/erasures", null).statusCode()).isEqualTo(202);
    ada.signIn();

    assertThat(billing(ada).at("/subscription/status").asText()).isEqualTo("active");
    assertThat(billing(ada).path("plans")).isEmpty();
    assertThat(ada.send("POST", "/billing/portal", null).statusCode()).isEqualTo(201);
    assertProblem(checkout(ada, "family"), 403, "leaving");
    machine.stripe().cancel(customer(), true);
    machine.settle();
    assertThat(billing(ada).at("/subscription/entitlement").asText()).isEqualTo("none");

    assertThat(machine.stripe().pay(old, StripeCard.GOOD)).isPresent();
    machine.settle();
    assertThat(billing(ada).at("/subscription/entitlement").asText()).isEqualTo("none");
    assertThat(billing(ada).path("records"))
        .as("it is given back")
        .anyMatch(record -> record.path("kind").asText().equals("refund"));
    assertThat(Problems.json(ada.get("/assistant")).path("state").asText()).isEqualTo("absent");
  }

  @Test
  void ofTwoPagesThatAreBothPaidOneIsCancelledAndRefunded() {
    var personal = page(ada, "personal");
    var family = page(ada, "family");
    assertThat(machine.stripe().pay(personal, StripeCard.GOOD)).isPresent();
    assertThat(machine.stripe().pay(family, StripeCard.GOOD)).isPresent();
    machine.settle();

    var billing = billing(ada);
    assertThat(billing.at("/subscription/status").asText()).isEqualTo("active");
    assertThat(billing.path("records").findValuesAsText("kind"))
        .containsExactlyInAnyOrder("invoice", "invoice", "refund");
    assertThat(
            machine.stripe().numbers("subscription").stream()
                .map(number -> machine.stripe().json(number))
                .filter(subscription -> subscription.contains("\"status\":\"active\"")))
        .hasSize(1);
    assertThat(machine.stripe().numbers("refund")).hasSize(1);
    assertNothingIsLost();
  }

  @Test
  @DisplayName("cancel-deprovisions, service-messages: a renewal fails, and what follows when")
  void aRenewalFailsAndWhatFollowsWhen() {
    subscribe(ada, StripeCard.FAILS_LATER);
    machine.mailbox().clear();
    while (billing(ada).at("/subscription/status").asText().equals("active")) {
      pass(Duration.ofHours(12));
    }
    pass(Duration.ofHours(1));
    var failed = "A payment for your assistant failed";

    assertThat(mails()).extracting(Mail::subject).containsExactly(failed);
    assertThat(mails().getFirst().text()).contains("we could not charge", "is suspended");
    assertThat(billing(ada).at("/subscription/overdueSince").asText()).isNotEmpty();
    assertThat(billing(ada).at("/subscription").has("paidUntil")).as("nothing is paid").isFalse();
    assertThat(billing(ada).at("/subscription/entitlement").asText()).isEqualTo("running");
    pass(Duration.ofDays(3));
    assertThat(mails()).extracting(Mail::subject).containsExactly(failed, failed);
    pass(Duration.ofDays(4));
    assertThat(mails())
        .extracting(Mail::subject)
        .containsExactly(failed, failed, "Your assistant is suspended");
    assertThat(billing(ada).at("/subscription/entitlement").asText()).isEqualTo("suspended");

    machine.stripe().changeCard(customer(), StripeCard.GOOD);
    machine.stripe().payOpen(customer());
    machine.settle();
    assertThat(billing(ada).at("/subscription/entitlement").asText()).isEqualTo("running");
    assertThat(billing(ada).at("/subscription").has("overdueSince")).isFalse();
    assertThat(mails()).hasSize(3);
    assertNothingIsLost();
  }

  @Test
  @DisplayName("service-messages: a bank wants a payment confirmed, and the person is told")
  void aBankWantsAPaymentConfirmed() {
    subscribe(ada, StripeCard.ASKS_LATER);
    machine.mailbox().clear();
    while (billing(ada).at("/subscription/status").asText().equals("active")) {
      pass(Duration.ofHours(12));
    }

    assertThat(mails())
        .extracting(Mail::subject)
        .contains("Your bank wants you to confirm a payment");
  }

  @Test
  @DisplayName("service-messages: the end of a trial is mailed before it")
  void theEndOfATrialIsMailed() {
    var end = machine.clock().instant().plus(Duration.ofDays(3));
    try (var backstage = new Backstage(machine)) {
      var subject = Problems.json(ada.get("/session")).path("subject").asText();
      new Notices(backstage.backend(), machine.clock())
          .queue(new SubjectId(subject), "TRIAL#1", Notice.About.TRIAL_ENDS, end.toString());
    }
    machine.settle();

    assertThat(mails().getLast().subject()).isEqualTo("Your trial ends soon");
    assertThat(mails().getLast().text()).contains("2026-11-27 09:30 UTC", "cancel before");
  }

  @Test
  @DisplayName("no-card-data: of all cards and accounts at Stripe no digit is anywhere with us")
  void noDigitOfACardIsAnywhere() throws IOException {
    for (var card : StripeCard.values()) {
      if (card == StripeCard.DECLINED) {
        assertThat(machine.stripe().pay(page(ada, "personal"), card)).isEmpty();
        continue;
      }
      var second = page(ada, "family");
      machine.stripe().pay(page(ada, "personal"), card);
      machine.clock().advance(Duration.ofMinutes(1));
      machine.stripe().pay(second, StripeCard.GOOD);
      machine.settle();
      // Of the one that is kept.
      machine.stripe().dispute(machine.stripe().numbers("charge").reversed().get(1));
      machine.stripe().cancel(customer(), true);
      machine.settle();
      pass(Duration.ofHours(13));
    }
    // A card that is declined at once leaves nothing at Stripe: this one is, at a renewal.
    subscribe(ada, StripeCard.GOOD);
    machine.stripe().changeCard(customer(), StripeCard.DECLINED);
    pass(Duration.ofDays(32));
    pass(Duration.ofHours(2));
    ada.send("POST", "/billing/portal", null);
    ada.send("POST", "/privacy/exports", null);
    machine.settle();
    var traces =
        StripeCard.traces().stream()
            // The last digits of the card that was declined; an invoice's number ends so too.
            .filter(trace -> !trace.equals("0002"))
            .toList();
    assertThat(traces).hasSizeGreaterThan(20);
    var there =
        Stream.of("charge", "payment_method", "refund", "dispute", "invoice")
            .flatMap(type -> machine.stripe().numbers(type).stream())
            .map(number -> machine.stripe().json(number))
            .toList()
            .toString();
    // The whole number is what nobody but Stripe ever sees.
    var whole = Stream.of(StripeCard.values()).map(StripeCard::digits).toList();
    assertThat(traces)
        .filteredOn(trace -> !whole.contains(trace))
        .as("Stripe has them")
        .allMatch(trace -> isIn(there, trace));

    try (var backstage = new Backstage(machine)) {
      for (var table : Table.values()) {
        for (var item : backstage.raw(table)) {
          assertNoTrace(table + " " + texts(item), traces);
        }
      }
      var subject = Problems.json(ada.get("/session")).path("subject").asText();
      var mirror = backstage.store().get(Subscription.KIND.plain().in(subject), Purpose.BILLING);
      var pseudonym = mirror.orElseThrow().value().text("pseudonym");
      assertNoTrace(mirror.get().value().shown().toString(), traces);
      var records = backstage.store().all(BillingRecord.KIND.plain(), pseudonym, Purpose.BILLING);
      assertThat(records).hasSizeGreaterThan(8);
      records.forEach(found -> assertNoTrace(found.ref().id() + found.value().shown(), traces));
    }
    for (var queue : machine.queues()) {
      assertNoTrace(queue.bodies().toString(), traces);
    }
    mails().forEach(mail -> assertNoTrace(mail.subject() + mail.text(), traces));
    assertNoTrace(billing(ada).toString(), traces);
    assertNoTrace(printed.toString(StandardCharsets.UTF_8), traces);
    var copy = new ByteArrayOutputStream();
    for (var request : Problems.json(ada.get("/privacy/requests")).path("requests")) {
      for (var part : request.at("/copy/parts")) {
        copy.writeBytes(ada.download(part.asText()).body());
      }
    }
    var zip = PersonalZip.of(copy.toByteArray());
    assertThat(zip.file("processors/stripe/invoices.json")).contains("\"paid\"");
    assertThat(zip.file("processors/stripe/payments.json")).contains("\"succeeded\"");
    zip.files().forEach((name, text) -> assertNoTrace(name + text, traces));
    assertNothingIsLost();
  }

  /** What is sealed is random, and what is a time is one. */
  private static String texts(Map<String, AttributeValue> item) {
    return item.entrySet().stream()
        .filter(field -> field.getValue().s() != null)
        .map(field -> field.getKey() + "=" + field.getValue().s())
        .toList()
        .toString();
  }

  private static void assertNoTrace(String text, List<String> traces) {
    assertThat(traces).as(text).noneMatch(trace -> isIn(text, trace));
  }

  /** Four digits are a card's last ones where no other digit stands beside them. */
  private static boolean isIn(String text, String trace) {
    return trace.length() > 4
        ? text.contains(trace)
        : Pattern.compile("(?<![0-9A-Za-z])" + trace + "(?![0-9A-Za-z])").matcher(text).find();
  }

  @Test
  void aBadMessageHoldsUpNoGoodOne() throws IOException {
    subscribe(ada, StripeCard.GOOD);
    var event = machine.stripe().events("customer.subscription.created").getLast();
    var sample =
        Files.readString(
                DeployedTemplate.ROOT.resolve("events/billing-worker/malformed-beside-good.json"))
            .replace("evt_1SUxA2bLkdIwHu7ixPledge01", event);

    var answer =
        new JsonMapper()
            .readTree(
                machine.invoke("BillingWorkerFunction", sample.getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.path("batchItemFailures").findValuesAsText("itemIdentifier"))
        .hasSize(3)
        .noneMatch(id -> id.endsWith("01"));
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("\"StripeEventsDone\":1");
  }

  @Test
  void whatStripeRefusesForNowIsTriedAgain() {
    machine.stripe().faults().failNext(1, 500);
    assertProblem(checkout(ada, "personal"), 503, "unavailable");
    var page = page(ada, "personal");
    machine.stripe().faults().failNext(3, 429);
    assertThat(machine.stripe().pay(page, StripeCard.GOOD)).isPresent();
    machine.settle();
    for (var wait = 0; wait < 3; wait++) {
      pass(Duration.ofMinutes(7));
    }

    assertThat(billing(ada).at("/subscription/status").asText()).isEqualTo("active");
    assertNothingIsLost();
  }

  @Test
  void whatNobodyWasToldOfIsFoundOnTheNextDay() {
    machine.stripe().webhooks().loseNext(50);
    assertThat(machine.stripe().pay(page(ada, "personal"), StripeCard.GOOD)).isPresent();
    machine.settle();
    machine.stripe().webhooks().loseNext(0);
    assertThat(billing(ada).has("subscription")).isFalse();

    pass(Duration.ofDays(1));

    assertThat(billing(ada).at("/subscription/status").asText()).isEqualTo("active");
    assertThat(billing(ada).path("records")).hasSize(1);
    // Whether the comparison or the worker is quicker then is left open.
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .containsPattern("\"StripeEventsUndelivered\":[1-9]");
    assertNothingIsLost();
  }

  private void assertNothingIsLost() {
    assertThat(machine.queue("StripeDeadLetters").depth()).isZero();
    assertThat(machine.queue("StripeQueue").depth()).isZero();
  }
}
