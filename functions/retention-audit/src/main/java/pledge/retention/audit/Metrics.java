package pledge.retention.audit;

import io.avaje.jsonb.Jsonb;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pledge.privacy.PledgeCheck.Result;

/** A report as a line of CloudWatch's embedded metric format: Lambda's log makes metrics of it. */
final class Metrics {
  private Metrics() {}

  static String line(Audit.Report report, Instant now) {
    var line = new LinkedHashMap<String, Object>();
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            now.toEpochMilli(),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace",
                    "Pledge",
                    "Dimensions",
                    List.of(List.of()),
                    "Metrics",
                    List.of(count("PledgesBroken"), count("PledgesAtRisk"), count("Audits"))))));
    line.put("PledgesBroken", count(report, Result.BROKEN));
    line.put("PledgesAtRisk", count(report, Result.AT_RISK));
    line.put("Audits", report.complete() ? 1 : 0);
    report.found().forEach(check -> line.put(check.pledge().id(), check.result().name()));
    return Jsonb.instance().type(Object.class).toJson(line);
  }

  private static Map<String, String> count(String name) {
    return Map.of("Name", name, "Unit", "Count");
  }

  private static long count(Audit.Report report, Result result) {
    return report.found().stream().filter(check -> check.result() == result).count();
  }
}
