package pledge.subject;

import de.mkammerer.argon2.Argon2;
import de.mkammerer.argon2.Argon2Factory;
import pledge.vault.Environment;

/**
 * Argon2id (RFC 9106) by the reference library.
 *
 * @param memoryKib memory of one hash in KiB; OWASP's minimum is 19456
 * @param iterations passes over it; OWASP's minimum is 2
 */
public record PasswordHashing(int memoryKib, int iterations) {
  private static final int LEAST_MEMORY_KIB = 19_456;
  private static final int LEAST_ITERATIONS = 2;
  private static final int LANES = 1;

  /**
   * With these parameters.
   *
   * @throws IllegalArgumentException where they are weaker than OWASP's
   */
  public PasswordHashing {
    if (memoryKib < LEAST_MEMORY_KIB || iterations < LEAST_ITERATIONS) {
      throw new IllegalArgumentException(
          "Argon2id with %d KiB and %d passes is weaker than OWASP's minimum"
              .formatted(memoryKib, iterations));
    }
  }

  /** As {@code ARGON2_MEMORY_KIB} and {@code ARGON2_ITERATIONS} say. */
  public static PasswordHashing of(Environment environment) {
    return new PasswordHashing(
        Integer.parseInt(environment.setting("ARGON2_MEMORY_KIB")),
        Integer.parseInt(environment.setting("ARGON2_ITERATIONS")));
  }

  /** The hash in the PHC string format, with its parameters and a salt of its own. */
  String hash(Password password) {
    return Library.ARGON2.hash(iterations, memoryKib, LANES, password.bytes());
  }

  boolean verify(String hash, Password password) {
    return Library.ARGON2.verify(hash, password.bytes());
  }

  /** Whether a hash was made with other parameters than these. */
  boolean isOutdated(String hash) {
    return Library.ARGON2.needsRehash(hash, iterations, memoryKib, LANES);
  }

  /** The hash of no password: to verify against it takes as long as against a real one. */
  String hashOfNobody() {
    var parameters = "m=" + memoryKib + ",t=" + iterations + ",p=" + LANES;
    return "$argon2id$v=19$"
        + parameters
        + "$cGxlZGdlLW5vYm9keS4uLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  }

  /** Loads the native library when the first password comes, not before. */
  private static final class Library {
    private static final Argon2 ARGON2 = Argon2Factory.create(Argon2Factory.Argon2Types.ARGON2id);
  }
}
