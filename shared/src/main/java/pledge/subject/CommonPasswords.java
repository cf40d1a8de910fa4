package pledge.subject;

import com.nulabinc.zxcvbn.Zxcvbn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tells passwords that a guesser tries first (OWASP ASVS 5.0 §6.2.4, §6.2.11), by an estimator that
 * comes with the code: nothing is sent anywhere.
 */
final class CommonPasswords {
  /** Below this many guesses a password falls to a list, however long it is. */
  private static final double FEWEST_GUESSES = 1e8;

  /** The estimator's time grows with the cube of the length: 128 signs of punctuation take 40 s. */
  private static final int LONGEST_PIECE = 32;

  private static final List<String> OUR_WORDS = List.of("pledge", "aiko", "assisters", "assistant");

  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");
  private static final int SHORTEST_WORD = 3;

  private CommonPasswords() {}

  /**
   * Whether a password is common, or made of what is known of its owner.
   *
   * @param owner words about its owner: name, address
   */
  static boolean contains(Password password, List<String> owner) {
    var known = new ArrayList<>(OUR_WORDS);
    for (var words : owner) {
      var lower = words.toLowerCase(Locale.ROOT);
      var parts = NO_WORD.splitAsStream(lower).toList();
      known.add(lower);
      known.add(lower.substring(0, Math.max(0, lower.indexOf('@'))));
      known.add(String.join("", parts));
      known.addAll(parts);
    }
    known.removeIf(word -> word.length() < SHORTEST_WORD);
    return pieces(password.text())
        .allMatch(piece -> Library.ZXCVBN.measure(piece, known).getGuesses() < FEWEST_GUESSES);
  }

  /** A password is no easier to guess than the hardest of its pieces. */
  private static Stream<String> pieces(String text) {
    var codePoints = text.codePoints().toArray();
    return IntStream.range(0, Math.ceilDiv(codePoints.length, LONGEST_PIECE))
        .map(number -> number * LONGEST_PIECE)
        .mapToObj(
            start ->
                new String(codePoints, start, Math.min(LONGEST_PIECE, codePoints.length - start)));
  }

  /** Reads its word lists when the first password comes, not before. */
  private static final class Library {
    private static final Zxcvbn ZXCVBN = new Zxcvbn();
  }
}
