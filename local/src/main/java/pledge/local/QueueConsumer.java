package pledge.local;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Feeds a queue's messages to a function. */
final class QueueConsumer implements Pump.Work {
  private final MessageQueue queue;
  private final FunctionRuntime function;
  private final EventSource.Queue settings;

  QueueConsumer(MessageQueue queue, FunctionRuntime function, EventSource.Queue settings) {
    this.queue = queue;
    this.function = function;
    this.settings = settings;
  }

  @Override
  public Pump.Step step() {
    var batch = queue.receive(settings.batchSize());
    if (batch.isEmpty()) {
      return queue.depth() > 0 ? Pump.Step.WAITING : Pump.Step.IDLE;
    }
    var failed = failed(batch);
    for (var message : batch) {
      if (failed.contains(message.id())) {
        queue.giveBack(message);
      } else {
        queue.delete(message.id());
      }
    }
    return Pump.Step.WORKED;
  }

  private Set<String> failed(List<Message> batch) {
    var all = batch.stream().map(Message::id).collect(Collectors.toSet());
    var event = Json.object();
    var records = event.putArray("Records");
    batch.forEach(message -> records.add(message.toRecord(queue.arn())));
    try {
      var answer = function.invoke(Json.bytes(event));
      if (!settings.reportsFailures()) {
        return Set.of();
      }
      var named = BatchFailures.read(answer);
      // An answer that names a message it was not given counts as failure of all.
      return named.isEmpty() || !all.containsAll(named.get()) ? all : new HashSet<>(named.get());
    } catch (FunctionFailure _) {
      return all;
    }
  }
}
