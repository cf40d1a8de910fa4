package pledge.store;

import java.time.Instant;
import java.util.Set;

/**
 * A record as it was read.
 *
 * @param createdAt when it was first written; its retention period counts from there
 * @param expiresAt when it will be absent; {@link Instant#MAX} where that is not by time
 * @param lookups the blind indexes that lead to it
 */
public record Found<T>(
    Ref<T> ref, T value, Instant createdAt, Instant expiresAt, Set<String> lookups) {}
