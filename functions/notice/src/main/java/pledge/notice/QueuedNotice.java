package pledge.notice;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.util.Map;
import java.util.Objects;
import pledge.vault.SubjectId;

/** The key of a message in the outbox: all that the queue holds of it. */
record QueuedNotice(SubjectId subject, String item) {
  private static final JsonType<Map<String, String>> JSON =
      Jsonb.instance().type(Types.mapOf(String.class));

  static QueuedNotice parse(String body) {
    var fields = JSON.fromJson(body);
    return new QueuedNotice(
        new SubjectId(Objects.requireNonNull(fields.get("subject"), "a message lacks its subject")),
        Objects.requireNonNull(fields.get("item"), "a message lacks its item"));
  }
}
