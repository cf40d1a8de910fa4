package pledge.retention.stream;

import com.amazonaws.services.lambda.runtime.events.DynamodbEvent.DynamodbStreamRecord;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import pledge.policy.Table;

/**
 * A record that the database removed because its time was over.
 *
 * @param event the id of its record in the stream, which no other has (API_streams_Record)
 */
record Expired(Table table, String partition, String sort, Instant at, String event) {
  /** Empty where something else befell the record: only TTL deletes as the service itself. */
  static Optional<Expired> of(DynamodbStreamRecord record, Map<String, Table> tables) {
    var by = record.getUserIdentity();
    if (!"REMOVE".equals(record.getEventName())
        || by == null
        || !"Service".equals(by.getType())
        || !"dynamodb.amazonaws.com".equals(by.getPrincipalId())) {
      return Optional.empty();
    }
    var change = record.getDynamodb();
    return Optional.of(
        new Expired(
            table(record.getEventSourceARN(), tables),
            text(change.getKeys(), "pk"),
            text(change.getKeys(), "sk"),
            change.getApproximateCreationDateTime().toInstant(),
            record.getEventID()));
  }

  LocalDate day() {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  /** {@code SESSION#4f…} is the record {@code 4f…} of its kind. */
  String id() {
    return sort.substring(sort.indexOf('#') + 1);
  }

  /** {@code arn:aws:dynamodb:region:account:table/name/stream/time}. */
  private static Table table(String arn, Map<String, Table> tables) {
    var parts = arn.split("/", -1);
    var table = parts.length > 1 ? tables.get(parts[1]) : null;
    if (table == null) {
      throw new IllegalArgumentException("a stream of no table of ours");
    }
    return table;
  }

  private static String text(Map<String, AttributeValue> keys, String name) {
    var value = keys.get(name);
    if (value == null || value.getS() == null) {
      throw new IllegalArgumentException("a record without " + name);
    }
    return value.getS();
  }
}
