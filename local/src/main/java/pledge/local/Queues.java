package pledge.local;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The template's queues, each knowing where its dead letters go. */
final class Queues {
  private final Map<String, MessageQueue> queues = new LinkedHashMap<>();

  Queues(List<QueueDefinition> definitions, Store store, InstantSource clock) {
    var byId =
        definitions.stream()
            .collect(Collectors.toMap(QueueDefinition::id, definition -> definition));
    definitions.forEach(definition -> make(definition, byId, store, clock));
  }

  List<MessageQueue> all() {
    return List.copyOf(queues.values());
  }

  MessageQueue find(String id) {
    var queue = queues.get(id);
    if (queue == null) {
      throw new IllegalArgumentException("The template has no queue " + id + ".");
    }
    return queue;
  }

  private MessageQueue make(
      QueueDefinition definition,
      Map<String, QueueDefinition> byId,
      Store store,
      InstantSource clock) {
    var made = queues.get(definition.id());
    if (made != null) {
      return made;
    }
    @Nullable MessageQueue deadLetters =
        definition
            .deadLetters()
            .map(
                id -> {
                  var dead = byId.get(id);
                  if (dead == null || dead.deadLetters().isPresent()) {
                    throw new MachineException(
                        "The dead letters of "
                            + definition.id()
                            + " go to "
                            + id
                            + ", which is no queue without such of its own.");
                  }
                  return make(dead, byId, store, clock);
                })
            .orElse(null);
    var queue = new MessageQueue(definition, deadLetters, store, clock);
    queues.put(definition.id(), queue);
    return queue;
  }
}
