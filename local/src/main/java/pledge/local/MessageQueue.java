package pledge.local;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A standard queue. A message that a consumer failed on comes back after a short real time (0.1 s,
 * doubled each time, 5 s at most) instead of the visibility timeout, so that nobody waits two
 * minutes for a retry and a frozen clock does not stop it. After as many deliveries as the template
 * allows it goes to the dead letters; and where it fails after the clock passed what so many would
 * have taken.
 */
public final class MessageQueue {
  private static final long FIRST_BACKOFF_MILLIS = 100;
  private static final long LAST_BACKOFF_MILLIS = 5_000;

  private final QueueDefinition definition;
  private final @Nullable MessageQueue deadLetters;
  private final Store store;
  private final InstantSource clock;
  private final Map<String, Message> messages = new LinkedHashMap<>();
  private final Map<String, Long> hiddenUntil = new HashMap<>();
  private final Set<String> inFlight = new HashSet<>();
  private Runnable onArrival = () -> {};

  MessageQueue(
      QueueDefinition definition,
      @Nullable MessageQueue deadLetters,
      Store store,
      InstantSource clock) {
    this.definition = definition;
    this.deadLetters = deadLetters;
    this.store = store;
    this.clock = clock;
    store.all(kind()).entrySet().stream()
        .map(kept -> Message.read(kept.getKey(), kept.getValue()))
        .sorted(Comparator.comparing(Message::sentAt))
        .forEach(message -> messages.put(message.id(), message));
  }

  /** The queue's logical id. */
  public String name() {
    return definition.id();
  }

  /** How many messages it holds, those being handled included. */
  public synchronized int depth() {
    return messages.size();
  }

  /** How many are being handled right now. */
  public synchronized int inFlight() {
    return inFlight.size();
  }

  /** The bodies of all messages, oldest first. */
  public synchronized List<String> bodies() {
    return messages.values().stream().map(Message::body).toList();
  }

  /** Puts a message in. */
  public void send(String body) {
    accept(Message.fresh(body, clock.instant()));
  }

  /** Throws away every message. */
  public synchronized void purge() {
    List.copyOf(messages.keySet()).forEach(this::delete);
  }

  String arn() {
    return Names.queueArn(name());
  }

  synchronized void onArrival(Runnable listener) {
    onArrival = listener;
  }

  /**
   * Takes up to that many messages, which nobody else gets until they are deleted or given back.
   */
  synchronized List<Message> receive(int max) {
    var now = System.nanoTime();
    var taken = new ArrayList<Message>();
    for (var message : List.copyOf(messages.values())) {
      if (taken.size() == max) {
        break;
      }
      if (inFlight.contains(message.id())
          || hiddenUntil.getOrDefault(message.id(), now) - now > 0) {
        continue;
      }
      if (deadLetters != null && message.receiveCount() >= definition.attempts()) {
        delete(message.id());
        deadLetters.accept(message.dead(arn()));
        continue;
      }
      var received = message.received(clock.instant());
      keep(received);
      inFlight.add(message.id());
      taken.add(received);
    }
    return taken;
  }

  synchronized void delete(String id) {
    messages.remove(id);
    hiddenUntil.remove(id);
    inFlight.remove(id);
    store.remove(kind(), id);
  }

  synchronized void giveBack(Message message) {
    if (deadLetters != null && !clock.instant().isBefore(lastDelivery(message))) {
      delete(message.id());
      deadLetters.accept(message.dead(arn()));
      return;
    }
    var doublings = Math.min(message.receiveCount() - 1, 10);
    var backoff = Math.min(FIRST_BACKOFF_MILLIS << doublings, LAST_BACKOFF_MILLIS);
    hiddenUntil.put(message.id(), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff));
    inFlight.remove(message.id());
  }

  /** When SQS would have delivered it for the last time. */
  private Instant lastDelivery(Message message) {
    return Objects.requireNonNull(message.firstReceivedAt())
        .plus(definition.visibility().multipliedBy(definition.attempts()));
  }

  private void accept(Message message) {
    Runnable listener;
    synchronized (this) {
      keep(message);
      listener = onArrival;
    }
    listener.run();
  }

  private void keep(Message message) {
    messages.put(message.id(), message);
    store.put(kind(), message.id(), message.toJson());
  }

  private String kind() {
    return "queue-" + definition.id();
  }
}
