package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message in a queue. {@code deadFrom} is the ARN of the queue that gave it up, empty if none
 * did.
 */
record Message(
    String id,
    String body,
    Instant sentAt,
    @Nullable Instant firstReceivedAt,
    int receiveCount,
    String deadFrom) {
  static Message fresh(String body, Instant now) {
    return new Message(UUID.randomUUID().toString(), body, now, null, 0, "");
  }

  Message received(Instant now) {
    return new Message(
        id,
        body,
        sentAt,
        firstReceivedAt == null ? now : firstReceivedAt,
        receiveCount + 1,
        deadFrom);
  }

  Message dead(String queueArn) {
    return new Message(id, body, sentAt, null, 0, queueArn);
  }

  /** As Lambda shows it to a function. */
  ObjectNode toRecord(String queueArn) {
    var attributes =
        Json.object()
            .put("ApproximateReceiveCount", Integer.toString(receiveCount))
            .put("SentTimestamp", Long.toString(sentAt.toEpochMilli()))
            .put("SenderId", Names.ACCOUNT)
            .put(
                "ApproximateFirstReceiveTimestamp",
                Long.toString((firstReceivedAt == null ? sentAt : firstReceivedAt).toEpochMilli()));
    if (!deadFrom.isEmpty()) {
      attributes.put("DeadLetterQueueSourceArn", deadFrom);
    }
    var message =
        Json.object()
            .put("messageId", id)
            .put("receiptHandle", id + "#" + receiveCount)
            .put("body", body);
    message.set("attributes", attributes);
    message.set("messageAttributes", Json.object());
    return message
        .put("md5OfBody", md5())
        .put("eventSource", "aws:sqs")
        .put("eventSourceARN", queueArn)
        .put("awsRegion", Names.REGION);
  }

  JsonNode toJson() {
    var kept =
        Json.object()
            .put("body", body)
            .put("sentAt", sentAt.toString())
            .put("receiveCount", receiveCount)
            .put("deadFrom", deadFrom);
    return firstReceivedAt == null ? kept : kept.put("firstReceivedAt", firstReceivedAt.toString());
  }

  static Message read(String id, JsonNode kept) {
    var first = kept.path("firstReceivedAt");
    return new Message(
        id,
        kept.path("body").asText(),
        Instant.parse(kept.path("sentAt").asText()),
        first.isTextual() ? Instant.parse(first.asText()) : null,
        kept.path("receiveCount").asInt(),
        kept.path("deadFrom").asText());
  }

  /** SQS checks bodies by it; nothing is kept secret with it. */
  private String md5() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(body.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Never the body. */
  @Override
  public String toString() {
    return "Message[" + id + "]";
  }
}
