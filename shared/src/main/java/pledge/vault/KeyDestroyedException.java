package pledge.vault;

import java.io.Serial;

/**
 * A key is destroyed and something was to be sealed under it: its subject is erased, or its epoch
 * is over.
 */
public final class KeyDestroyedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  KeyDestroyedException() {
    super("the key is destroyed");
  }
}
