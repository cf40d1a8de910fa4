package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Record;

/** A stream's records as Lambda and EventBridge Pipes show them. */
final class StreamRecords {
  private StreamRecords() {}

  /**
   * @param expired when the item was deleted because its time was over; empty where a request
   *     changed it
   */
  static ObjectNode toJson(Record record, String table, Optional<Instant> expired, Instant now) {
    var change = record.dynamodb();
    var dynamodb =
        Json.object().put("ApproximateCreationDateTime", expired.orElse(now).getEpochSecond());
    dynamodb.set("Keys", map(change.keys()));
    if (change.hasNewImage()) {
      dynamodb.set("NewImage", map(change.newImage()));
    }
    if (change.hasOldImage()) {
      dynamodb.set("OldImage", map(change.oldImage()));
    }
    dynamodb
        .put("SequenceNumber", change.sequenceNumber())
        .put("SizeBytes", change.sizeBytes())
        .put("StreamViewType", change.streamViewTypeAsString());
    var event =
        Json.object()
            .put("eventID", record.eventID().replace("-", ""))
            .put("eventName", expired.isPresent() ? "REMOVE" : record.eventNameAsString())
            .put("eventVersion", "1.1")
            .put("eventSource", "aws:dynamodb")
            .put("awsRegion", Names.REGION);
    event.set("dynamodb", dynamodb);
    if (expired.isPresent()) {
      event.set(
          "userIdentity",
          Json.object().put("type", "Service").put("principalId", "dynamodb.amazonaws.com"));
    }
    return event.put("eventSourceARN", Names.streamArn(table));
  }

  private static ObjectNode map(Map<String, AttributeValue> attributes) {
    var object = Json.object();
    attributes.forEach((name, value) -> object.set(name, value(value)));
    return object;
  }

  private static JsonNode value(AttributeValue value) {
    var written = Json.object();
    switch (value.type()) {
      case S -> written.put("S", value.s());
      case N -> written.put("N", value.n());
      case B -> written.put("B", base64(value.b().asByteArrayUnsafe()));
      case BOOL -> written.put("BOOL", value.bool());
      case NUL -> written.put("NULL", true);
      case M -> written.set("M", map(value.m()));
      case L -> {
        var list = written.putArray("L");
        value.l().forEach(item -> list.add(value(item)));
      }
      case SS -> written.set("SS", Json.of(value.ss()));
      case NS -> written.set("NS", Json.of(value.ns()));
      case BS -> {
        var set = written.putArray("BS");
        value.bs().forEach(item -> set.add(base64(item.asByteArrayUnsafe())));
      }
      case UNKNOWN_TO_SDK_VERSION ->
          throw new IllegalStateException("an attribute of no known type");
    }
    return written;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
