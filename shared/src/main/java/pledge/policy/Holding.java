package pledge.policy;

/**
 * Data of a category that a processor holds for us in its own systems: what an export must fetch
 * and an erasure must have confirmed there.
 *
 * @param words what it is, and how it is protected there
 * @param underRecordId whether the processor knows it by the id of our record: then it is deleted
 *     there when the record's time is over
 */
public record Holding(Processor processor, String words, boolean underRecordId) {}
