package pledge.incident.clock;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pledge.privacy.Incident;
import pledge.vault.Environment;
import pledge.vault.Metrics;

/**
 * Every hour: says how much is left of the 72 hours within which the authority must be told of an
 * incident (GDPR Art. 33), and goes on telling those whom one touched (Art. 34). The answer has the
 * figures that also go to CloudWatch.
 */
public final class IncidentClockHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  /** Time enough for the people in hand, their retries, and the report. */
  private static final long RESERVE_MILLIS = 20_000;

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public IncidentClockHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public IncidentClockHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private IncidentClockHandler(Environment environment) {
    wiring = Wiring.of(environment);
    clock = environment.clock();
  }

  /**
   * Goes on for as long as it has time.
   *
   * @throws pledge.vault.UnavailableException where the database or KMS did not answer: Lambda
   *     calls again, and the next run would go on as well
   */
  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var now = clock.instant();
    var open = wiring.incidents().all().stream().filter(incident -> !incident.isClosed()).toList();
    // Before people are told: what is left of the 72 hours is said whatever becomes of that.
    var overall =
        Metrics.overall()
            .count("IncidentsOpen", open.size())
            .seconds("IncidentReportSeconds", left(open, now));
    report(overall, now);
    open.stream()
        .filter(Incident::isTelling)
        .forEach(
            incident ->
                wiring
                    .telling()
                    .advance(incident, () -> context.getRemainingTimeInMillis() > RESERVE_MILLIS));
    var runs = Metrics.overall().count("IncidentClockRuns", 1);
    report(runs, now);
    var figures = new LinkedHashMap<>(overall.values());
    figures.putAll(runs.values());
    return figures;
  }

  /** Of the incident that is to be reported first; all 72 hours where none is. */
  private static Duration left(List<Incident> open, Instant now) {
    return open.stream()
        .filter(Incident::isToBeReported)
        .map(incident -> Duration.between(now, incident.reportBy()))
        .min(Duration::compareTo)
        .orElse(Incident.TIME_TO_REPORT);
  }

  /** As it is: CloudWatch reads metrics from lines that are JSON and nothing else. */
  private static void report(Metrics metrics, Instant now) {
    System.out.println(metrics.line(now));
  }
}
