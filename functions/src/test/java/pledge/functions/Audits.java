package pledge.functions;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.util.Map;
import java.util.TreeMap;
import pledge.local.Machine;
import pledge.policy.Pledge;
import pledge.retention.audit.RetentionAuditHandler;

/**
 * The audit, called when a test says so: by its schedule it would look while a moved clock makes up
 * for the runs of others, and find them late.
 */
final class Audits {
  private Audits() {}

  /** What it finds, by the pledge. */
  @SuppressWarnings("NullAway") // the function has no use for a context
  static Map<String, String> found(Machine machine) {
    var handler =
        new RetentionAuditHandler(machine.environment("RetentionAuditFunction"), machine.clock());
    return handler.handleRequest(new ScheduledEvent(), null);
  }

  /**
   * What it finds that is not kept, by the pledge. That nobody was looked at for policies is so:
   * what tells people of them does not run here.
   */
  static Map<String, String> notKept(Machine machine) {
    var results = new TreeMap<>(found(machine));
    results.values().removeIf("KEPT"::equals);
    results.remove(Pledge.POLICY_CHANGES.id(), "AT_RISK");
    return results;
  }
}
