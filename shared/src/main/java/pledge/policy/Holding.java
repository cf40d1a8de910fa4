package pledge.policy;

/**
 * Data of a category that a processor holds for us in its own systems: what an export must fetch
 * and an erasure must have confirmed there.
 *
 * @param words what it is, and how it is protected there
 */
public record Holding(Processor processor, String words) {}
