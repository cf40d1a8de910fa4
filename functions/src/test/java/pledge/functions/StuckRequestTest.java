package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.policy.Processor.STRIPE;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.erasure.ErasureHandler;
import pledge.export.ExportHandler;
import pledge.policy.AtErasure;
import pledge.policy.Processor;
import pledge.policy.Table;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.OpenRequest;
import pledge.privacy.OpenRequest.What;
import pledge.privacy.PrivacyRequest.Status;
import pledge.privacy.Receipt;
import pledge.processor.Custodian;
import pledge.processor.Documents;
import pledge.runtime.TimeForPages;
import pledge.subject.TextMessage;
import pledge.vault.SubjectId;
import pledge.vault.UnavailableException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A request that cannot go on holds up no other, and staff is called to it in time. */
class StuckRequestTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** For how long a processor may fail before somebody is called. */
  private static final Duration PATIENCE = Duration.ofDays(3);

  private final Erasures people = new Erasures();
  private final SubjectId ada = people.somebody();
  private final SubjectId bob = people.somebody();

  @AfterEach
  void close() {
    people.close();
  }

  /** Stripe, which does not answer for one of its customers. */
  private record FailingFor(String customer, Map<SubjectId, String> customers)
      implements Custodian {
    @Override
    public Processor processor() {
      return STRIPE;
    }

    @Override
    public List<String> numbers(SubjectId person) {
      return List.of(customers.getOrDefault(person, ""));
    }

    @Override
    public Answer erase(List<String> numbers) {
      if (numbers.contains(customer)) {
        throw new UnavailableException("Stripe", new IOException());
      }
      return new Answer.Gone();
    }

    @Override
    public Handover copy(List<String> numbers, Documents into) {
      return new Handover.HandedOver();
    }
  }

  @Test
  @DisplayName("erase-everywhere: one stuck request holds up no other")
  void anotherReachesItsReceipt() {
    var customers = Map.of(ada, "cus_1", bob, "cus_2");
    var stripe = new FailingFor("cus_1", customers);
    var stuck = people.requests().erase(ada);
    var other = people.requests().erase(bob);
    var places = List.of(people.open(What.ERASURE, ada), people.open(What.ERASURE, bob));
    var due = people.requests().find(bob, other).orElseThrow().value().dueBy();

    while (Receipt.of(people.backstage.store(), other).isEmpty()) {
      assertThat(people.machine.clock().instant()).isBefore(due);
      places.forEach(place -> people.advance(people.erasure(stripe), place));
      people.machine.clock().advance(Duration.ofHours(13));
    }

    people.assertErased(bob, other, "beside a stuck one");
    var standing = people.advance(people.erasure(stripe), people.open()).orElseThrow();
    assertThat(standing.stage()).isEqualTo(Stage.CONFIRM);
    assertThat(standing.stuck()).containsExactly(STRIPE);
    people.toTheEnd(people.erasure(new FailingFor("", customers)), people.open());
    people.assertErased(ada, stuck, "no more stuck");
  }

  @Test
  @DisplayName("erase-everywhere: a message that fails goes back alone")
  void theErasureBesideAFailingOneIsDone() {
    people.requests().erase(ada);
    var id = people.requests().erase(bob);
    var places = places(What.ERASURE);
    for (var place : places) {
      people.until(Stage.OUTLIVE_BACKUPS, people.erasure(), place);
    }
    people.machine.clock().advance(Duration.ofDays(8));
    damageRequest(ada);

    assertThat(erase(places)).containsExactly("message 0");

    assertThat(people.receipt(id).subject()).isEqualTo(bob);
    assertThat(places(What.ERASURE)).containsExactly(places.getFirst());
  }

  @Test
  @DisplayName("right-access: a message that fails goes back alone")
  void theCopyBesideAFailingOneIsMade() {
    for (var person : List.of(ada, bob)) {
      people.account(person);
      people.requests().export(person);
    }
    var places = places(What.EXPORT);
    damageRequest(ada);

    var machine = people.machine;
    var answer =
        new ExportHandler(machine.environment("ExportFunction"), machine.clock())
            .handleRequest(batch(places), new TimeForPages(1));

    assertThat(answer.getBatchItemFailures())
        .extracting(BatchItemFailure::getItemIdentifier)
        .containsExactly("message 0");
    assertThat(people.requests().all(bob).getFirst().value().status()).isEqualTo(Status.COMPLETED);
    assertThat(places(What.EXPORT)).containsExactly(places.getFirst());
  }

  @Test
  @DisplayName("rights-deadline: a processor that fails for three days is staff's, and not before")
  void isStaffsAfterThreeDays() {
    var stripe = new FailingFor("cus_1", Map.of(ada, "cus_1"));
    people.requests().erase(ada);
    var open = people.open();
    var began = begin();
    for (var at : List.of(began, began.plus(PATIENCE).minusMillis(1))) {
      people.machine.clock().set(at);
      assertThat(people.advance(people.erasure(stripe), open).orElseThrow().stuck()).isEmpty();
    }

    people.machine.clock().set(began.plus(PATIENCE));

    assertThat(people.advance(people.erasure(stripe), open).orElseThrow().stuck())
        .containsExactly(STRIPE);
  }

  @Test
  @DisplayName("rights-deadline: the alarm's metric says that a processor is stuck, and not before")
  void theAlarmRingsAfterThreeDays() throws IOException {
    var alarm = new DeployedTemplate().resource("ErasureStuckAlarm").at("Properties");
    var metric = alarm.at("MetricName").text();
    // Of whom there is a message, and nobody to ask its provider.
    var message =
        new TextMessage("a code", "123456", "delivered", people.machine.clock().instant());
    people.backstage.store().insert(TextMessage.KIND.in(ada.value(), "SM1"), message, Instant.MAX);
    people.requests().erase(ada);
    var place = List.of(people.open());
    var began = begin();
    for (var at : List.of(began, began.plus(PATIENCE).minusMillis(1))) {
      people.machine.clock().set(at);
      assertThat(figure(metric, place)).isZero();
    }

    people.machine.clock().set(began.plus(PATIENCE));

    assertThat(figure(metric, place)).isOne();
    assertThat(alarm.at("ComparisonOperator").text()).isEqualTo("GreaterThanOrEqualToThreshold");
    assertThat(alarm.at("Threshold").text()).isEqualTo("1");
    assertThat(alarm.at("EvaluationPeriods").text()).as("rings at once").isEqualTo("1");
  }

  /** When nothing can be taken back any more, and processors are asked. */
  private Instant begin() {
    var clock = people.machine.clock();
    clock.set(
        clock
            .instant()
            .truncatedTo(ChronoUnit.SECONDS)
            .plus(AtErasure.CHANGE_OF_MIND)
            .plusSeconds(1));
    return clock.instant();
  }

  /** Of open requests, ada's first. */
  private List<String> places(What what) {
    return OpenRequest.all(people.backstage.store(), what).stream()
        .sorted(Comparator.comparing(open -> !open.value().subject().equals(ada)))
        .map(open -> open.ref().sort())
        .toList();
  }

  /** As nothing of ours writes one. */
  private void damageRequest(SubjectId person) {
    var damaged =
        people.backstage.raw(Table.SUBJECTS).stream()
            .filter(item -> AttributeValue.fromS(person.value()).equals(item.get("pk")))
            .filter(
                item ->
                    item.getOrDefault("sk", AttributeValue.fromS("")).s().startsWith("REQUEST#"))
            .<Map<String, AttributeValue>>map(HashMap::new)
            .toList();
    damaged.forEach(item -> item.put("status", AttributeValue.fromS("damaged")));
    assertThat(damaged).hasSize(1);
    people.backstage.put(Table.SUBJECTS, damaged);
  }

  /** By the function: the ids of the messages that are to come again. */
  private List<String> erase(List<String> places) {
    var machine = people.machine;
    return new ErasureHandler(machine.environment("ErasureFunction"), machine.clock())
        .handleRequest(batch(places), new TimeForPages(100)).getBatchItemFailures().stream()
            .map(BatchItemFailure::getItemIdentifier)
            .toList();
  }

  private static SQSEvent batch(List<String> places) {
    var messages = new ArrayList<SQSEvent.SQSMessage>();
    for (var place : places) {
      var message = new SQSEvent.SQSMessage();
      message.setMessageId("message " + messages.size());
      message.setBody("{\"item\":\"%s\"}".formatted(place));
      messages.add(message);
    }
    var event = new SQSEvent();
    event.setRecords(messages);
    return event;
  }

  /** What the function says of it in its log, where CloudWatch finds it. */
  private int figure(String metric, List<String> places) throws IOException {
    var printed = new ByteArrayOutputStream();
    var out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(erase(places)).isEmpty();
    } finally {
      System.setOut(out);
    }
    var lines =
        printed
            .toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("{\"_aws\"") && line.contains(metric))
            .toList();
    assertThat(lines).hasSize(1);
    return JSON.readTree(lines.getFirst()).path(metric).asInt(-1);
  }
}
