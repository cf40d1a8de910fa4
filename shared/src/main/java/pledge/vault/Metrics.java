package pledge.vault;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of one run for CloudWatch, in its embedded metric format: a line of JSON in the log
 * becomes metrics, without a call. Never an id of anybody.
 */
public final class Metrics {
  private static final String NAMESPACE = "Pledge";

  private final Map<String, String> dimensions;
  private final List<Map<String, String>> definitions = new ArrayList<>();
  private final Map<String, Long> values = new LinkedHashMap<>();
  private final Map<String, String> words = new LinkedHashMap<>();

  private Metrics(Map<String, String> dimensions) {
    this.dimensions = dimensions;
  }

  /** Of the system as a whole. */
  public static Metrics overall() {
    return new Metrics(Map.of());
  }

  /** Of one part, such as one table. */
  public static Metrics of(String dimension, String value) {
    return new Metrics(Map.of(dimension, value));
  }

  public Metrics count(String name, long value) {
    return with(name, "Count", value);
  }

  public Metrics seconds(String name, Duration value) {
    return with(name, "Seconds", value.toSeconds());
  }

  /** What is no figure: to be searched for in the log, and no metric. */
  public Metrics word(String name, String value) {
    words.put(name, value);
    return this;
  }

  /** The figures by name, in their order. */
  public Map<String, Long> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The line, without its end. */
  public String line(Instant at) {
    var line = new LinkedHashMap<String, Object>();
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            at.toEpochMilli(),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace",
                    NAMESPACE,
                    "Dimensions",
                    List.of(List.copyOf(dimensions.keySet())),
                    "Metrics",
                    definitions))));
    line.putAll(dimensions);
    line.putAll(values);
    line.putAll(words);
    return Json.MAPPER.toJson(line);
  }

  private Metrics with(String name, String unit, long value) {
    definitions.add(Map.of("Name", name, "Unit", unit));
    values.put(name, value);
    return this;
  }
}
