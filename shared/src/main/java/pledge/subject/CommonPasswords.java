package pledge.subject;

import com.nulabinc.zxcvbn.Zxcvbn;
import java.util.List;

/**
 * Tells passwords that a guesser tries first (OWASP ASVS 5.0 §6.2.4, §6.2.11), by an estimator that
 * comes with the code: nothing is sent anywhere.
 */
final class CommonPasswords {
  /** Below this many guesses a password falls to a list, however long it is. */
  private static final double FEWEST_GUESSES = 1e8;

  private static final List<String> OUR_WORDS = List.of("pledge", "aiko", "assisters", "assistant");

  private CommonPasswords() {}

  /**
   * Whether a password is common, or made of what is known of its owner.
   *
   * @param owner words about its owner: name, address
   */
  static boolean contains(Password password, List<String> owner) {
    var known = new java.util.ArrayList<>(OUR_WORDS);
    known.addAll(owner);
    return Library.ZXCVBN.measure(password.text(), known).getGuesses() < FEWEST_GUESSES;
  }

  /** Reads its word lists when the first password comes, not before. */
  private static final class Library {
    private static final Zxcvbn ZXCVBN = new Zxcvbn();
  }
}
