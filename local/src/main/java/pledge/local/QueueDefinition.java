package pledge.local;

import java.time.Duration;
import java.util.Optional;

/**
 * A queue as the template declares it; {@code attempts} counts deliveries before a message is a
 * dead letter.
 */
record QueueDefinition(
    String id, Duration visibility, Optional<String> deadLetters, int attempts) {}
