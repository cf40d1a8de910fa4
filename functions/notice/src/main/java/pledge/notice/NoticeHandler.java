package pledge.notice;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pledge.vault.Attempt;
import pledge.vault.Environment;

/**
 * Sends the messages whose keys the outbox put into the queue; what cannot be sent now stays there.
 */
public final class NoticeHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(NoticeHandler.class);

  private final NoticeSender sender;

  /** For Lambda: a missing setting fails here, at start. */
  public NoticeHandler() {
    this(Environment.ofProcess());
  }

  /** With settings and a clock of somebody else's. */
  public NoticeHandler(Map<String, String> settings, InstantSource clock) {
    this(new Environment(settings, clock));
  }

  private NoticeHandler(Environment environment) {
    sender = Wiring.of(environment).sender();
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var failures = new ArrayList<BatchItemFailure>();
    for (var message : event.getRecords()) {
      if (!Attempt.succeeds(
          LOG, message.getMessageId(), () -> sender.send(QueuedNotice.parse(message.getBody())))) {
        failures.add(new BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }
}
