package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.erasure.ErasureHandler;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.Erasure.Stage;
import pledge.privacy.PrivacyRequest;
import pledge.privacy.PrivacyRequest.Step;
import pledge.privacy.RecordKinds;
import pledge.records.ManyRecords;
import pledge.runtime.TimeForPages;
import pledge.store.Contents;
import pledge.vault.Json;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The function that erases, and somebody of whom there is far more than one run of it deletes. */
class ErasureAtScaleTest {
  private static final Contents CONTENTS = new Contents(RecordKinds.ALL);

  /** Of each category, 100,000 in all. */
  private static final int RECORDS = 25_000;

  /** As many are sealed; the others are keys alone, which are written sooner. */
  private static final int SEALED = 1_000;

  /** What one run has time for, and how many records that is at most. */
  private static final int PAGES = 100;

  private static final int RECORDS_OF_A_RUN = 25_000;

  private final Erasures erasures = new Erasures(ManyRecords.machine());

  @AfterEach
  void close() {
    erasures.close();
  }

  @Test
  @DisplayName("erase-everywhere: 100,000 records are deleted in as many runs as it takes")
  void deletesAHundredThousandRecordsInAsManyRunsAsItTakes() {
    var neighbour = somebody(0);
    var theirs = erasures.traces(neighbour.value());
    var person = somebody(RECORDS - SEALED);
    var id = erasures.requests().erase(person);
    var open = erasures.open();
    erasures.until(Stage.TELL, erasures.erasure(), open);
    erasures.machine.clock().advance(Duration.ofDays(3));
    var held = held(person);
    assertThat(sum(held)).isGreaterThan((long) RECORDS * ManyRecords.ACTIVITY.size());

    var runs = 0;
    var left = sum(held);
    while (left > 0) {
      // Each is another instance, that knows of those before what is written down.
      run(open);
      runs++;
      var before = left;
      left = sum(held(person));
      assertThat(before - left)
          .as("deleted by run %d, which has little time", runs)
          .isBetween(1L, (long) RECORDS_OF_A_RUN);
      if (left > 0) {
        assertThat(request(person).stage()).isEqualTo(Stage.DELETE.name());
      }
    }
    assertThat(runs).isGreaterThan(RECORDS * ManyRecords.ACTIVITY.size() / RECORDS_OF_A_RUN);
    // The look-up by which the person signed in.
    held.put(Category.LOOKUP.name(), 1L);
    assertThat(deleted(request(person).done().stream().map(Step::view).toList()))
        .as("as the person is shown it")
        .isEqualTo(held);
    erasures.toTheEnd(erasures.erasure(), open);

    assertThat(erasures.traces(person.value()).keySet()).containsExactly(Table.AUDIT);
    assertThat(erasures.traces(neighbour.value())).isEqualTo(theirs);
    var says = Json.MAPPER.fromJson(ErasureTest.says(erasures.receipt(id).signed()));
    assertThat((List<?>) Json.object(says).get("stages"))
        .satisfies(stages -> assertThat(deleted(stages)).isEqualTo(held));
  }

  private SubjectId somebody(int keysOfACategory) {
    var person = erasures.somebody();
    var writer = erasures.backstage.manyRecords();
    for (var category : ManyRecords.ACTIVITY) {
      // There is one of each already.
      writer.write(person, category, SEALED);
      writer.writeKeys(person, category, keysOfACategory);
    }
    return person;
  }

  private void run(String open) {
    var message = new SQSEvent.SQSMessage();
    message.setMessageId("1");
    message.setBody("{\"item\":\"%s\"}".formatted(open));
    var event = new SQSEvent();
    event.setRecords(List.of(message));
    var machine = erasures.machine;
    var answer =
        new ErasureHandler(machine.environment("ErasureFunction"), machine.clock())
            .handleRequest(event, new TimeForPages(PAGES));
    assertThat(answer.getBatchItemFailures()).isEmpty();
  }

  private PrivacyRequest request(SubjectId person) {
    return erasures.requests().all(person).getFirst().value();
  }

  /** What is to be deleted of a person, by its category. */
  private Map<String, Long> held(SubjectId person) {
    var held = new TreeMap<String, Long>();
    for (var table : List.of(Table.SUBJECTS, Table.ACTIVITY, Table.USAGE)) {
      for (var sort : sorts(table, person)) {
        var category = CONTENTS.category(table, person.value(), sort);
        if (category.filter(Category.PRIVACY_REQUEST::equals).isEmpty()) {
          held.merge(category.map(Category::name).orElse("OTHER"), 1L, Long::sum);
        }
      }
    }
    return held;
  }

  /** In small pages: DynamoDB Local looks at all that is left of a partition for each. */
  private List<String> sorts(Table table, SubjectId person) {
    return erasures
        .backstage
        .dynamo()
        .queryPaginator(
            request ->
                request
                    .tableName(table.resource())
                    .keyConditionExpression("pk = :pk")
                    .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(person.value())))
                    .projectionExpression("sk")
                    .consistentRead(true)
                    .limit(1_000))
        .items()
        .stream()
        .map(item -> item.getOrDefault("sk", AttributeValue.fromS("")).s())
        .toList();
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(count -> count).sum();
  }

  /** By its category, in all runs together. */
  private static Map<String, Long> deleted(List<?> stages) {
    var deleted = new TreeMap<String, Long>();
    for (var stage : stages) {
      var step = Json.object(stage);
      if (Stage.DELETE.name().equals(step.get("stage"))) {
        Json.object(step.getOrDefault("found", Map.of()))
            .forEach(
                (category, count) ->
                    deleted.merge(category, ((Number) count).longValue(), Long::sum));
      }
    }
    return deleted;
  }
}
