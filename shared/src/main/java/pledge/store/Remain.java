package pledge.store;

import java.time.Instant;
import java.util.Optional;

/**
 * What lies in a table of a record.
 *
 * @param readable empty where it is expired, or does not open
 */
public record Remain<T>(Ref<T> ref, Instant createdAt, Optional<Found<T>> readable) {}
