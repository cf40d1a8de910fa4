package pledge.retention.audit;

import java.util.List;
import java.util.Set;
import pledge.policy.Pledge;

/** Looks at one thing that pledges rest on. */
interface Check {
  /** The pledges that it speaks for: at risk where it cannot be run. */
  Set<Pledge> pledges();

  List<Finding> run();
}
