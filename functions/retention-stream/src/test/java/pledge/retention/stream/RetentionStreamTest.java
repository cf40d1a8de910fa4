package pledge.retention.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent.DynamodbStreamRecord;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.privacy.Canaries;
import pledge.subject.SecurityEvent;

final class RetentionStreamTest {
  private final Streams streams = new Streams(false);

  @AfterEach
  void close() {
    streams.close();
  }

  @Test
  void countsWhatExpiredByCategoryAndDayAndNamesNobody() {
    var subject = streams.somebody().value();
    var first =
        List.of(
            streams.expired(Table.SUBJECTS, subject, "SESSION#1"),
            streams.expired(Table.SUBJECTS, subject, "SESSION#2"),
            streams.expired(Table.SUBJECTS, subject, "OUTBOX#NOTICE#1"),
            streams.expired(Table.SUBJECTS, "hash", "LOOKUP"));
    var others =
        List.of(
            streams.expired(Table.ACTIVITY, "hash", "THROTTLE#delay"),
            streams.expired(Table.ACTIVITY, "hash", "THROTTLE#pages"),
            streams.expired(Table.ACTIVITY, subject, "EVENT#SESSION_EXPIRED#0"));
    assertThat(streams.deliver(first)).isEmpty();
    assertThat(streams.deliver(others)).isEmpty();
    assertThat(streams.deliver(List.of(streams.expired(Table.AUDIT, "chain#INCIDENT", "7"))))
        .isEmpty();

    assertThat(streams.counted())
        .isEqualTo(
            Map.of(
                Category.SESSION, 2L,
                Category.NOTICE, 1L,
                Category.LOOKUP, 1L,
                Category.SIGN_IN_THROTTLE, 1L,
                Category.RATE_LIMIT, 1L,
                Category.SECURITY_EVENT, 1L,
                Category.INCIDENT, 1L));
    assertThat(streams.items(Table.AUDIT).toString()).doesNotContain(subject);
  }

  @Test
  void countsADayByItself() {
    var subject = streams.somebody().value();
    var evening = streams.expired(Table.SUBJECTS, subject, "OUTBOX#NOTICE#1");
    streams.machine.clock().advance(Duration.ofHours(12));
    var morning = streams.expired(Table.SUBJECTS, subject, "OUTBOX#NOTICE#2");
    streams.deliver(List.of(evening, morning));

    assertThat(streams.counted()).isEqualTo(Map.of(Category.NOTICE, 1L));
  }

  @ParameterizedTest(name = "{0} by {1} {2}")
  @CsvSource({
    "REMOVE, User, dynamodb.amazonaws.com",
    "REMOVE, Service, other.amazonaws.com",
    "REMOVE, '', ''",
    "MODIFY, Service, dynamodb.amazonaws.com",
    "INSERT, Service, dynamodb.amazonaws.com"
  })
  void heedsNothingThatTtlDidNotDo(String event, String type, String principal) {
    var subject = streams.somebody();
    var record =
        streams.record(
            Table.SUBJECTS,
            subject.value(),
            "SESSION#1",
            event,
            type,
            principal,
            streams.machine.clock().instant());

    assertThat(streams.deliver(List.of(record))).isEmpty();
    assertThat(streams.counted()).isEmpty();
    assertThat(streams.events(subject)).isEmpty();
  }

  @Test
  void heedsNoCanary() {
    var canary =
        streams.expired(
            Table.SUBJECTS, Canaries.SUBJECT.value(), "CANARY#SESSION#2026-11-21T00:00:00Z");

    assertThat(streams.deliver(List.of(canary))).isEmpty();
    assertThat(streams.counted()).isEmpty();
  }

  // ── What must follow ───────────────────────────────────────────────────────────────────────

  @Test
  @DisplayName("abuse-and-incidents: that a session expired is written down for its owner")
  void writesDownThatASessionExpired() {
    var subject = streams.somebody();
    streams.deliver(List.of(streams.expired(Table.SUBJECTS, subject.value(), "SESSION#1")));

    assertThat(streams.events(subject))
        .containsExactly(new SecurityEvent(SecurityEvent.What.SESSION_EXPIRED, Streams.START));
  }

  @Test
  @DisplayName("erase-everywhere: nothing is written for who was erased, and nothing waits for it")
  void writesNothingForWhoWasErased() {
    var subject = streams.somebody();
    streams.backend.vault().destroySubjectKey(subject);
    var batch = List.of(streams.expired(Table.SUBJECTS, subject.value(), "SESSION#1"));

    assertThat(streams.deliver(batch)).isEmpty();
    assertThat(streams.items(Table.ACTIVITY)).isEmpty();
    assertThat(streams.counted()).isEqualTo(Map.of(Category.SESSION, 1L));
  }

  @Test
  @DisplayName("encrypted-at-rest: the key of a sign-up that nobody confirmed is destroyed with it")
  void destroysTheKeyOfASignUpThatExpired() {
    var subject = streams.somebody();
    var batch = List.of(streams.expired(Table.SUBJECTS, subject.value(), "SIGN_UP"));
    streams.deliver(batch);
    assertThat(streams.items(Table.SUBJECT_KEYS)).as("not void yet: as if confirmed").hasSize(1);

    streams.machine.clock().advance(Duration.ofDays(1_000));
    streams.deliver(batch);
    assertThat(streams.items(Table.SUBJECT_KEYS)).isEmpty();
    assertThat(streams.deliver(batch)).isEmpty();
  }

  @Test
  @DisplayName("erase-everywhere: a message that expired is noted once, for its provider")
  void notesOnceThatAProviderHoldsACopyOfAMessage() {
    var subject = streams.somebody().value();
    var batch = List.of(streams.expired(Table.SUBJECTS, subject, "TEXT#SM1"));
    assertThat(streams.deliver(batch)).isEmpty();
    var noted = streams.items(Table.AUDIT);
    assertThat(streams.copies()).containsExactly("remote-copies COPY#TWILIO#SM1");

    streams.machine.clock().advance(Duration.ofHours(1));
    assertThat(streams.deliver(batch)).isEmpty();

    assertThat(streams.items(Table.AUDIT)).as("not written again").isEqualTo(noted);
    assertThat(streams.counted()).isEqualTo(Map.of(Category.TEXT_MESSAGE, 1L));
    assertThat(noted.toString()).doesNotContain(subject);
  }

  @Test
  void takesTheEventAsDynamoDbSendsIt() throws Exception {
    var event = Path.of("../../events/retention-stream/session-and-sign-up.json");
    var answer = streams.machine.invoke("RetentionStreamFunction", Files.readAllBytes(event));

    assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("{\"batchItemFailures\":[]}");
    streams.machine.clock().advance(Duration.ofDays(1));
    assertThat(streams.counted()).isEqualTo(Map.of(Category.SESSION, 1L, Category.SIGN_UP, 1L));
  }

  @Test
  void hearsOfItFromTheTemplatesStreams() {
    try (var live = new Streams(true)) {
      var subject = live.somebody();
      var sessions = new pledge.subject.Sessions(live.backend.store(), live.machine.clock());
      sessions.open(subject, new pledge.subject.Session.Origin("192.0.2.1", ""));
      sessions.open(subject, new pledge.subject.Session.Origin("192.0.2.1", ""));
      live.machine.clock().advance(Duration.ofDays(14));
      live.machine.settle();

      assertThat(live.counted()).isEqualTo(Map.of(Category.SESSION, 2L));
      assertThat(live.events(subject)).hasSize(2);
      assertThat(live.machine.queue("ExpiryDeadLetters").bodies()).isEmpty();
    }
  }

  // ── What goes wrong ────────────────────────────────────────────────────────────────────────

  @Test
  void asksForWhatItCouldNotDoAgainAndCountsWhatCameBefore() {
    var subject = streams.somebody();
    var unheard = streams.somebody();
    var batch = streams.aSessionBetweenNotices(unheard, subject);
    streams.machine.kms().failNext(1_000, "KMSInternalException", 500);
    assertThat(streams.deliver(batch)).contains(batch.get(1).sequenceNumber());
    assertThat(streams.counted()).isEqualTo(Map.of(Category.NOTICE, 1L));
    streams.machine.kms().reset();
    assertThat(streams.deliver(batch.subList(1, 3))).isEmpty();

    assertThat(streams.counted()).isEqualTo(Map.of(Category.NOTICE, 2L, Category.SESSION, 1L));
    assertThat(streams.events(unheard)).hasSize(1);
  }

  @Test
  void asksForAllAgainWhereItCouldNotCount() {
    var subject = streams.somebody().value();
    var batch =
        List.of(
            streams.expired(Table.SUBJECTS, subject, "OUTBOX#NOTICE#1"),
            streams.expired(Table.SUBJECTS, subject, "OUTBOX#NOTICE#2"));
    streams.machine.dynamo().failNext(100, "InternalServerError");
    assertThat(streams.deliver(batch)).contains(batch.getFirst().sequenceNumber());
    streams.machine.dynamo().reset();

    assertThat(streams.deliver(batch)).isEmpty();
    assertThat(streams.counted()).isEqualTo(Map.of(Category.NOTICE, 2L));
  }

  @Test
  void isNotHeldUpByARecordThatItCannotUnderstand() {
    var subject = streams.somebody().value();
    var batch = new ArrayList<Streams.Sent>();
    batch.add(streams.expired(Table.SUBJECTS, subject, "OF_NO_KIND#1"));
    batch.add(streams.expired(Table.EPOCH_KEYS, subject, "KEY"));
    batch.add(streams.expired(Table.SUBJECTS, "no subject", "SESSION#1"));
    batch.add(streams.expired(Table.SUBJECTS, subject, "OUTBOX#NOTICE#1"));

    assertThat(streams.deliver(batch)).isEmpty();
    assertThat(streams.counted()).isEqualTo(Map.of(Category.NOTICE, 1L));
  }

  @Test
  void stopsInTimeAndSaysWhereToGoOn() {
    var function =
        new RetentionStreamHandler(
            streams.machine.environment("RetentionStreamFunction"), streams.machine.clock());
    var record = new DynamodbStreamRecord();
    record.setDynamodb(new StreamRecord().withSequenceNumber("42"));
    var event = new DynamodbEvent();
    event.setRecords(List.of(record));

    assertThat(function.handle(event, () -> false).getBatchItemFailures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.getItemIdentifier()).isEqualTo("42"));
  }
}
