package pledge.local;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lays the lines of the machine: from streams to functions and pipes, from queues to functions,
 * from the clock.
 */
final class Feeds {
  /** Lines are woken when there is something for them; this is for what nobody announces. */
  private static final Duration REST = Duration.ofSeconds(1);

  /** How often a ticking clock is asked what has expired: it means a scan of every table. */
  private static final Duration EXPIRY_REST = Duration.ofMinutes(1);

  private final Pumps pumps;
  private final DynamoDb database;
  private final ExpiredRecords expired;
  private final Queues queues;
  private final Store store;
  private final InstantSource clock;
  private final Map<String, List<Pump>> streams = new HashMap<>();

  Feeds(
      Pumps pumps,
      DynamoDb database,
      ExpiredRecords expired,
      Queues queues,
      Store store,
      InstantSource clock) {
    this.pumps = pumps;
    this.database = database;
    this.expired = expired;
    this.queues = queues;
    this.store = store;
    this.clock = clock;
  }

  void addFunctions(Collection<FunctionRuntime> functions) {
    for (var function : functions) {
      var id = function.function().id();
      for (var event : function.function().events()) {
        switch (event) {
          case EventSource.Stream(var table, var settings) ->
              addStream(id, table, settings, new StreamFunction(function, settings));
          case EventSource.Queue source -> addQueue(function, source);
          case EventSource.Http _, EventSource.Schedule _ -> {}
        }
      }
    }
  }

  void addPipes(List<PipeDefinition> pipes) {
    for (var pipe : pipes) {
      var template = new InputTemplate(pipe.inputTemplate());
      pipe.destinations().forEach(destination -> queues.find(destination.queue()));
      addStream(
          pipe.id(),
          pipe.table(),
          pipe.settings(),
          records -> {
            records.forEach(record -> send(template.apply(record), pipe.destinations()));
            return StreamTarget.NONE_FAILED;
          });
    }
  }

  private void send(String message, List<PipeDefinition.Destination> destinations) {
    for (var destination : destinations) {
      if (destination.takes(message)) {
        queues.find(destination.queue()).send(message);
      }
    }
  }

  void addClockwork(Schedules schedules, Buckets buckets, @Nullable Expiry expiry) {
    pumps.add("schedules", REST, schedules);
    if (expiry != null) {
      pumps.add("expiry", EXPIRY_REST, expiry);
      pumps.add("lifecycles", EXPIRY_REST, buckets);
    }
  }

  /**
   * Something was written: who reads the stream of another table is let sleep.
   *
   * @param request what was asked for, in which each table's name stands in quotes
   */
  void wakeStreams(String request) {
    streams.forEach(
        (table, readers) -> {
          if (request.contains('"' + table + '"')) {
            readers.forEach(Pump::wake);
          }
        });
  }

  private void addStream(String name, String table, StreamSettings settings, StreamTarget target) {
    if (!database.table(table).hasStream()) {
      throw new MachineException(name + " reads the stream of " + table + ", which has none.");
    }
    var reader = name + "-" + table;
    var cursor = new StreamCursor(database, table, reader, settings.fromStart(), store);
    var deadLetters = settings.deadLetters().map(queues::find).orElse(null);
    var consumer =
        new StreamConsumer(name, table, settings, cursor, target, expired, deadLetters, clock);
    streams.computeIfAbsent(table, any -> new ArrayList<>()).add(pumps.add(name, REST, consumer));
  }

  private void addQueue(FunctionRuntime function, EventSource.Queue source) {
    var queue = queues.find(source.queue());
    var pump = pumps.add(source.queue(), REST, new QueueConsumer(queue, function, source));
    queue.onArrival(pump::wake);
  }
}
