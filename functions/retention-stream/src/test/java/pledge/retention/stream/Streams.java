package pledge.retention.stream;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pledge.local.Machine;
import pledge.local.Options;
import pledge.policy.Category;
import pledge.policy.Purpose;
import pledge.policy.Table;
import pledge.privacy.Expirations;
import pledge.store.Backend;
import pledge.store.Found;
import pledge.subject.SecurityEvent;
import pledge.vault.Environment;
import pledge.vault.SubjectId;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A machine with the function, and records of streams as DynamoDB writes them. */
final class Streams implements AutoCloseable {
  static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private static final Pattern FAILURE = Pattern.compile("\"itemIdentifier\":\"([0-9]+)\"");

  final Machine machine;
  final Backend backend;
  private final DynamoDbClient dynamo;
  private long sequence = 4_421_584_500L;

  /** With TTL, or with none but what the test says. */
  Streams(boolean expiring) {
    var options = Options.inMemory().withFunctions("RetentionStreamFunction").withClockAt(START);
    machine = Machine.start(expiring ? options : options.withoutExpiry());
    var environment =
        new Environment(machine.environment("RetentionStreamFunction"), machine.clock());
    backend = Backend.of(environment);
    dynamo = environment.dynamo(Environment.httpClient());
  }

  /** One record of a stream, as its table's next. */
  record Sent(String sequenceNumber, String json) {}

  /** What TTL removed just now. */
  Sent expired(Table table, String partition, String sort) {
    return record(
        table,
        partition,
        sort,
        "REMOVE",
        "Service",
        "dynamodb.amazonaws.com",
        machine.clock().instant());
  }

  /** Three records that expired: the one in the middle needs a key of somebody else's. */
  List<Sent> aSessionBetweenNotices(SubjectId ofSession, SubjectId ofNotices) {
    return List.of(
        expired(Table.SUBJECTS, ofNotices.value(), "OUTBOX#NOTICE#1"),
        expired(Table.SUBJECTS, ofSession.value(), "SESSION#1"),
        expired(Table.SUBJECTS, ofNotices.value(), "OUTBOX#NOTICE#2"));
  }

  Sent record(
      Table table,
      String partition,
      String sort,
      String event,
      String type,
      String principal,
      Instant at) {
    var number = Long.toString(sequence++);
    return new Sent(
        number,
        """
        {"eventID": "e%1$s", "eventName": "%2$s", "eventVersion": "1.1",
         "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
         "dynamodb": {"ApproximateCreationDateTime": %3$s,
          "Keys": {"pk": {"S": "%4$s"}, "sk": {"S": "%5$s"}},
          "SequenceNumber": "%1$s", "SizeBytes": 55, "StreamViewType": "KEYS_ONLY"},
         "userIdentity": {"type": "%6$s", "principalId": "%7$s"},
         "eventSourceARN":
          "arn:aws:dynamodb:eu-central-1:123456789012:table/%8$s/stream/2026-11-21T09:00:00.000"}
        """
            .formatted(
                number,
                event,
                at.getEpochSecond(),
                partition,
                sort,
                type,
                principal,
                table.resource()));
  }

  /** Calls the function; the answer is the record to begin with again, if any. */
  Optional<String> deliver(List<Sent> batch) {
    var event =
        batch.stream().map(Sent::json).collect(Collectors.joining(",", "{\"Records\":[", "]}"));
    var answer = machine.invoke("RetentionStreamFunction", event.getBytes(StandardCharsets.UTF_8));
    var failure = FAILURE.matcher(new String(answer, StandardCharsets.UTF_8));
    return failure.find() ? Optional.of(failure.group(1)) : Optional.empty();
  }

  /** Somebody with a key. */
  SubjectId somebody() {
    var subject = SubjectId.random();
    var key = backend.vault().newSubjectKey(subject, START.plus(Duration.ofDays(1_000)));
    dynamo.transactWriteItems(request -> request.transactItems(key));
    return subject;
  }

  /** What was counted today. */
  Map<Category, Long> counted() {
    var today = LocalDate.ofInstant(machine.clock().instant(), ZoneOffset.UTC);
    return new Expirations(backend.store()).of(today);
  }

  List<SecurityEvent> events(SubjectId subject) {
    return backend.store().all(SecurityEvent.KIND, subject.value(), Purpose.SECURITY).stream()
        .map(Found::value)
        .toList();
  }

  /** The keys of what processors are to delete. */
  List<String> copies() {
    return items(Table.AUDIT).keySet().stream()
        .filter(key -> key.startsWith("remote-copies "))
        .toList();
  }

  /** Every item of a table as it lies there, by its key. */
  Map<String, Map<String, AttributeValue>> items(Table table) {
    var items = new TreeMap<String, Map<String, AttributeValue>>();
    for (var item : dynamo.scanPaginator(request -> request.tableName(table.resource())).items()) {
      var key = new ArrayList<String>();
      for (var name : List.of("pk", "sk")) {
        key.add(item.getOrDefault(name, AttributeValue.fromS("")).s());
      }
      items.put(String.join(" ", key), item);
    }
    return items;
  }

  @Override
  public void close() {
    dynamo.close();
    machine.close();
  }
}
