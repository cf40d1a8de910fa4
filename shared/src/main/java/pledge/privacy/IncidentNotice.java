package pledge.privacy;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import pledge.privacy.IncidentEntry.Extent;
import pledge.vault.Json;

/**
 * What a person is told of an incident that touched their data (GDPR Art. 34(2)).
 *
 * @param extent of which the beginning is known
 */
public record IncidentNotice(String kind, Extent extent, String consequences, String advice) {
  public static IncidentNotice of(Incident incident, Incident.Telling telling) {
    return new IncidentNotice(
        incident.kind(), incident.extent(), telling.consequences(), telling.advice());
  }

  /** What {@link #values} wrote. */
  public static IncidentNotice of(String values) {
    var fields = Json.MAPPER.fromJsonObject(values);
    return new IncidentNotice(
        text(fields, "kind"),
        new Extent(
            IncidentEntry.categories(text(fields, "categories")),
            Optional.of(Instant.parse(text(fields, "beganAt"))),
            Optional.ofNullable(fields.get("endedAt")).map(end -> Instant.parse((String) end))),
        text(fields, "consequences"),
        text(fields, "advice"));
  }

  /** As one text, to be kept until it is sent. */
  public String values() {
    var values = new LinkedHashMap<String, Object>();
    values.put("kind", kind);
    values.put("categories", IncidentEntry.names(extent.categories()));
    values.put("beganAt", extent.beganAt().orElseThrow().toString());
    extent.endedAt().ifPresent(end -> values.put("endedAt", end.toString()));
    values.put("consequences", consequences);
    values.put("advice", advice);
    return Json.MAPPER.toJson(values);
  }

  private static String text(Map<String, Object> fields, String name) {
    return (String) Objects.requireNonNull(fields.get(name), "a notice lacks its " + name);
  }
}
