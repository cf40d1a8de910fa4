package pledge.privacy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import pledge.policy.Category;
import pledge.privacy.SupportGrant.Why;
import pledge.vault.Json;

/** What a person is told when staff open access to their data. */
public record StaffAccessNotice(Why why, Set<Category> categories, String reason, Instant until) {
  /** Of a grant that staff opened. */
  static StaffAccessNotice of(SupportGrant grant) {
    return new StaffAccessNotice(
        grant.why(), grant.categories(), grant.reason().orElseThrow(), grant.notAfter());
  }

  /** What {@link #values} wrote. */
  public static StaffAccessNotice of(String values) {
    var fields = Json.MAPPER.fromJsonObject(values);
    return new StaffAccessNotice(
        Why.valueOf(text(fields, "why")),
        IncidentEntry.categories(text(fields, "categories")),
        text(fields, "reason"),
        Instant.parse(text(fields, "until")));
  }

  /** As one text, to be kept until it is sent. */
  public String values() {
    return Json.MAPPER.toJson(
        Map.of(
            "why",
            why.name(),
            "categories",
            IncidentEntry.names(categories),
            "reason",
            reason,
            "until",
            until.toString()));
  }

  private static String text(Map<String, Object> fields, String name) {
    return (String) fields.getOrDefault(name, "");
  }
}
