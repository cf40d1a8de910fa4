package pledge.notice;

import java.util.Map;
import java.util.Objects;
import pledge.vault.Json;
import pledge.vault.SubjectId;

/** The key of a message in the outbox: all that the queue holds of it. */
record QueuedNotice(SubjectId subject, String item) {
  static QueuedNotice parse(String body) {
    var fields = Json.MAPPER.fromJsonObject(body);
    return new QueuedNotice(new SubjectId(field(fields, "subject")), field(fields, "item"));
  }

  private static String field(Map<String, Object> fields, String name) {
    return (String) Objects.requireNonNull(fields.get(name), "a message lacks its " + name);
  }
}
