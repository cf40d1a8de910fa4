package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pledge.local.Machine;
import pledge.notice.NoticeHandler;

/**
 * Takes what lies in the queue to the notice function, at a time that a test chooses: for machines
 * on which that function does not run by itself.
 */
final class Postman {
  /** As the template says. */
  static final Duration VISIBILITY_TIMEOUT = Duration.ofMinutes(2);

  private final Machine machine;
  private final NoticeHandler handler;

  Postman(Machine machine) {
    this(machine, Map.of());
  }

  /** With settings of the test's own. */
  Postman(Machine machine, Map<String, String> settings) {
    this.machine = machine;
    var all = new HashMap<>(machine.environment("NoticeFunction"));
    all.putAll(settings);
    handler = new NoticeHandler(all, machine.clock());
  }

  /** What lies in the queue, once the outbox is empty. */
  List<String> queued() {
    machine.settle();
    return machine.queue("NoticeQueue").bodies();
  }

  /** Hands over all that is queued, and what comes back once more after the visibility timeout. */
  void deliver() {
    var bodies = queued();
    machine.queue("NoticeQueue").purge();
    for (var body : bodies) {
      if (!handOver(List.of(body)).isEmpty()) {
        machine.clock().advance(VISIBILITY_TIMEOUT);
        assertThat(handOver(List.of(body))).as("what comes back a second time").isEmpty();
      }
    }
  }

  /** Hands over a batch; answers which of it are to come again. */
  @SuppressWarnings("NullAway") // the function has no use for a context
  List<String> handOver(List<String> bodies) {
    var event = new SQSEvent();
    var records = new ArrayList<SQSMessage>();
    for (var body : bodies) {
      var message = new SQSMessage();
      message.setMessageId("m" + records.size());
      message.setBody(body);
      records.add(message);
    }
    event.setRecords(records);
    return handler.handleRequest(event, null).getBatchItemFailures().stream()
        .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
        .map(id -> bodies.get(Integer.parseInt(id.substring(1))))
        .toList();
  }
}
