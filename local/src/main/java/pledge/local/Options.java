package pledge.local;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a machine is to run.
 *
 * @param template the template; if empty, {@code template.yaml} in the working directory or the
 *     nearest above it
 * @param data where to keep what must survive a restart; if empty, everything is in memory
 * @param port of the HTTP API on the loopback interface; zero for any that is free
 * @param ticking whether time passes by itself
 * @param startAt what the clock shows at the start; if empty, real time (or, with data, where it
 *     was left)
 * @param functions the logical ids of the functions to run; if empty, all
 * @param parameters the template's parameters, before their defaults
 * @param expiring whether expired items are deleted when their time is over; otherwise by {@link
 *     Machine#expireNow}
 * @param standIns what plays the part of further services
 */
public record Options(
    Optional<Path> template,
    Optional<Path> data,
    int port,
    boolean ticking,
    Optional<Instant> startAt,
    Optional<Set<String>> functions,
    Map<String, String> parameters,
    boolean expiring,
    List<StandIn> standIns) {

  /** Keeps immutable copies. */
  public Options {
    functions = functions.map(Set::copyOf);
    parameters = Map.copyOf(parameters);
    standIns = List.copyOf(standIns);
  }

  /** For tests: nothing is kept, any free port, and the clock stands still until it is moved. */
  public static Options inMemory() {
    return new Options(
        Optional.empty(),
        Optional.empty(),
        0,
        false,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        true,
        List.of());
  }

  /** For people: what was stored is there again at the next start, and time passes. */
  public static Options persistent(Path folder, int port) {
    return inMemory().withData(folder).withPort(port).withTickingClock();
  }

  /** Reads this template. */
  public Options withTemplate(Path file) {
    return new Options(
        Optional.of(file), data, port, ticking, startAt, functions, parameters, expiring, standIns);
  }

  /** Takes this port for the HTTP API. */
  public Options withPort(int number) {
    return new Options(
        template, data, number, ticking, startAt, functions, parameters, expiring, standIns);
  }

  /** Starts with the clock at this moment. */
  public Options withClockAt(Instant moment) {
    return new Options(
        template,
        data,
        port,
        ticking,
        Optional.of(moment),
        functions,
        parameters,
        expiring,
        standIns);
  }

  /** Lets time pass by itself. */
  public Options withTickingClock() {
    return new Options(
        template, data, port, true, startAt, functions, parameters, expiring, standIns);
  }

  /** Runs these functions only, by their logical ids. */
  public Options withFunctions(String... logicalIds) {
    return new Options(
        template,
        data,
        port,
        ticking,
        startAt,
        Optional.of(Set.of(logicalIds)),
        parameters,
        expiring,
        standIns);
  }

  /** Runs no function: tables, keys, queues and mail only. */
  public Options withoutFunctions() {
    return withFunctions();
  }

  /** Sets a parameter of the template. */
  public Options withParameter(String name, String value) {
    var more = new LinkedHashMap<>(parameters);
    more.put(name, value);
    return new Options(template, data, port, ticking, startAt, functions, more, expiring, standIns);
  }

  /**
   * Leaves expired items where they are until {@link Machine#expireNow}, as DynamoDB may for days.
   */
  public Options withoutExpiry() {
    return new Options(
        template, data, port, ticking, startAt, functions, parameters, false, standIns);
  }

  /** Starts these too, and tells functions where they are. */
  public Options withStandIns(StandIn... more) {
    return new Options(
        template, data, port, ticking, startAt, functions, parameters, expiring, List.of(more));
  }

  private Options withData(Path folder) {
    return new Options(
        template,
        Optional.of(folder),
        port,
        ticking,
        startAt,
        functions,
        parameters,
        expiring,
        standIns);
  }
}
