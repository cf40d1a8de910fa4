package pledge.retention.audit;

import java.util.Set;
import pledge.policy.Pledge;
import pledge.privacy.PledgeCheck.Result;

/**
 * What a check found.
 *
 * @param evidence in plain words and figures, naming nobody
 */
record Finding(Set<Pledge> pledges, Result result, String evidence) {}
