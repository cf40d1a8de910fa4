package pledge.policy;

/**
 * What a clause promises, in its own words.
 *
 * @param words literally in the policy
 */
public record Quote(Clause clause, String words) {}
