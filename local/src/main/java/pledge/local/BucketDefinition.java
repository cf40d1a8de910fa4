package pledge.local;

import java.util.Optional;

/**
 * A bucket as the template declares it.
 *
 * @param name what it is called
 * @param expirationDays after how many days its lifecycle removes an object; empty for never
 */
record BucketDefinition(String name, Optional<Integer> expirationDays) {}
