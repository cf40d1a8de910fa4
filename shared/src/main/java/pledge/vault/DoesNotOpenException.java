package pledge.vault;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A ciphertext was altered, moved, or sealed under another key: never expected, always worth an
 * alarm.
 */
public final class DoesNotOpenException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  DoesNotOpenException(String message) {
    this(message, null);
  }

  DoesNotOpenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
