package pledge.store;

import java.time.Instant;

/**
 * What lies in a table of a record.
 *
 * @param readable whether it is not expired, and opens
 */
public record Remain<T>(Ref<T> ref, Instant createdAt, boolean readable) {}
