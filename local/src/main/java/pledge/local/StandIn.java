package pledge.local;

import java.util.Map;

/**
 * Something that plays the part of a service outside this machine, on loopback, for as long as the
 * machine runs.
 */
public interface StandIn extends AutoCloseable {
  /** What it stands in for, as people call it. */
  String name();

  /**
   * Begins to answer; what keeps time keeps the machine's. One that shares the machine's own
   * address has nothing to do.
   */
  default void start(MachineClock clock) {}

  /**
   * The settings by which functions find it instead of the real one, once started, such as {@code
   * AWS_ENDPOINT_URL_KMS}.
   */
  Map<String, String> settings();

  @Override
  default void close() {}
}
