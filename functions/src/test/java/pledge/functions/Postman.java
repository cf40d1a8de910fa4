package pledge.functions;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
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

  /** Hands over all that is queued, and throws it away. */
  void deliver() {
    var bodies = queued();
    machine.queue("NoticeQueue").purge();
    bodies.forEach(body -> handOver(List.of(body)));
  }

  /** Hands over a batch; answers which of it are to come again. */
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
