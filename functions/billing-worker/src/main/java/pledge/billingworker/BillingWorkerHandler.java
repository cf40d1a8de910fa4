package pledge.billingworker;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.billing.StripeEvents.Told;
import pledge.vault.Attempt;
import pledge.vault.Environment;
import pledge.vault.Metrics;

/**
 * Does what follows from what Stripe tells, one a message: the numbers of its events, as the outbox
 * put them into the queue. What cannot be done now stays there.
 */
public final class BillingWorkerHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(BillingWorkerHandler.class);

  private final Wiring wiring;
  private final InstantSource clock;

  /** For Lambda: a missing setting fails here, at start. */
  public BillingWorkerHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public BillingWorkerHandler(Map<String, String> settings, InstantSource clock) {
    this(Wiring.of(new Environment(settings, clock)), clock);
  }

  private BillingWorkerHandler(Environment environment) {
    this(Wiring.of(environment), environment.clock());
  }

  BillingWorkerHandler(Wiring wiring, InstantSource clock) {
    this.wiring = wiring;
    this.clock = clock;
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var failures = new ArrayList<BatchItemFailure>();
    for (var message : event.getRecords()) {
      if (!Attempt.succeeds(LOG, message.getMessageId(), () -> done(message.getBody()))) {
        failures.add(new BatchItemFailure(message.getMessageId()));
        print(Metrics.overall().seconds("StripeEventWaitingSeconds", age(message)));
      }
    }
    return new SQSBatchResponse(failures);
  }

  private boolean done(String body) {
    report(wiring.events().handle(QueuedEvent.read(body)));
    return true;
  }

  private Duration age(SQSMessage message) {
    var sent = Long.parseLong(message.getAttributes().get("SentTimestamp"));
    return Duration.between(Instant.ofEpochMilli(sent), clock.instant());
  }

  private void report(Told told) {
    var metric =
        switch (told) {
          case DONE -> "StripeEventsDone";
          case UNKNOWN_TYPE -> "StripeEventsOfUnknownType";
          case UNKNOWN_CUSTOMER -> "StripeEventsOfNobody";
          case FORGOTTEN -> "StripeEventsForgotten";
        };
    print(Metrics.overall().count(metric, 1));
  }

  /** As it is: CloudWatch reads metrics from lines that are JSON and nothing else. */
  private void print(Metrics figures) {
    System.out.println(figures.line(clock.instant()));
  }
}
