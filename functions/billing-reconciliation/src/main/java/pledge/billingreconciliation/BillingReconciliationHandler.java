package pledge.billingreconciliation;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.vault.Environment;
import pledge.vault.Metrics;

/**
 * Every day: looks whether what Stripe says and what we have are one, puts right what is not, and
 * says what it was. The answer has the figures that also go to CloudWatch.
 */
public final class BillingReconciliationHandler
    implements RequestHandler<ScheduledEvent, Map<String, Long>> {
  private static final Logger LOG = LoggerFactory.getLogger(BillingReconciliationHandler.class);

  /** Time enough for the one in hand, several calls to Stripe, and the report. */
  private static final long RESERVE_MILLIS = 60_000;

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public BillingReconciliationHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public BillingReconciliationHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private BillingReconciliationHandler(Environment environment) {
    wiring = Wiring.of(environment);
    clock = environment.clock();
  }

  /**
   * Goes through all, for as long as it has time.
   *
   * @throws pledge.vault.UnavailableException where Stripe, the database or KMS did not answer:
   *     Lambda calls again
   */
  @Override
  public Map<String, Long> handleRequest(ScheduledEvent event, Context context) {
    var report =
        wiring.reconciliation().run(() -> context.getRemainingTimeInMillis() > RESERVE_MILLIS);
    LOG.info("{}", report);
    var figures =
        Metrics.overall()
            .count("StripeEventsUndelivered", report.undelivered())
            .count("SubscriptionsLookedAt", report.looked())
            .count("MirrorsRepaired", report.repaired())
            .count("SubscriptionsOfNobody", report.ofNobody())
            .count("SubscriptionsNotLookedAt", report.failed())
            .count("Reconciliations", report.finished() ? 1 : 0);
    // As it is: CloudWatch reads metrics from lines that are JSON and nothing else.
    System.out.println(figures.line(clock.instant()));
    return figures.values();
  }
}
