package pledge.retention.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import pledge.privacy.PledgeCheck.Result;
import pledge.vault.Environment;
import pledge.vault.Metrics;

/**
 * Looks daily, and whenever it is called, whether the pledges are kept that can be looked at from
 * inside; answers the result of each.
 */
public final class RetentionAuditHandler
    implements RequestHandler<ScheduledEvent, Map<String, String>> {
  private final Audit audit;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public RetentionAuditHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public RetentionAuditHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private RetentionAuditHandler(Environment environment) {
    audit = Wiring.of(environment).audit();
    clock = environment.clock();
  }

  @Override
  public Map<String, String> handleRequest(ScheduledEvent event, Context context) {
    var report = audit.run();
    // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
    System.out.println(metrics(report).line(clock.instant()));
    if (!report.complete()) {
      throw new IllegalStateException("a check could not be run; what was found is recorded");
    }
    var results = new TreeMap<String, String>();
    report.found().forEach(check -> results.put(check.pledge().id(), check.result().name()));
    return results;
  }

  private static Metrics metrics(Audit.Report report) {
    var metrics =
        Metrics.overall()
            .count("PledgesBroken", report.count(Result.BROKEN))
            .count("PledgesAtRisk", report.count(Result.AT_RISK))
            .count("Audits", report.complete() ? 1 : 0);
    report.found().forEach(check -> metrics.word(check.pledge().id(), check.result().name()));
    return metrics;
  }
}
