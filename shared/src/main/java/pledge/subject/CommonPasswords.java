package pledge.subject;

import com.nulabinc.zxcvbn.Context;
import com.nulabinc.zxcvbn.Matching;
import com.nulabinc.zxcvbn.Scoring;
import com.nulabinc.zxcvbn.StandardKeyboards;
import com.nulabinc.zxcvbn.matchers.Keyboard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tells passwords that a guesser tries first (OWASP ASVS 5.0 §6.2.4, §6.2.11), by an estimator that
 * comes with the code: nothing is sent anywhere.
 */
final class CommonPasswords {
  /** The line of the estimator's highest class: below it, two common words are enough. */
  private static final double FEWEST_GUESSES = 1e10;

  /** The estimator's time grows with the cube of the length. */
  private static final int LONGEST_PIECE = 32;

  private static final List<String> OUR_WORDS = List.of("pledge", "aiko", "assisters", "assistant");

  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");
  private static final int SHORTEST_WORD = 3;

  private CommonPasswords() {}

  /**
   * Begins to make the estimator ready, beside whatever else a start does: its tables and the
   * calendar in its static state take as long as all connections together.
   */
  static void prepare() {
    Thread.ofPlatform().name("estimator").daemon().start(() -> guesses("password", List.of()));
  }

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
    return pieces(password.text()).allMatch(piece -> guesses(piece, known) < FEWEST_GUESSES);
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

  /**
   * The number alone, and from the words alone that can play a part in it: the library's own entry
   * first makes tables of all its words, and then advice and times in words, and a start pays for
   * it.
   *
   * @param known words that count as common too, in lower case
   */
  static double guesses(String password, List<String> known) {
    var context = new Context(WordLists.within(password), Keyboards.ALL);
    var matches = new Matching(context, known).omnimatch(password);
    return new Scoring(context).calculateMostGuessableMatchSequence(password, matches).getGuesses();
  }

  /** Read when the first password comes, not before. */
  private static final class Keyboards {
    private static final Map<String, Keyboard> ALL = read();

    private static Map<String, Keyboard> read() {
      try {
        return StandardKeyboards.loadAllKeyboards().stream()
            .collect(Collectors.toMap(Keyboard::getName, Function.identity()));
      } catch (IOException e) {
        throw new UncheckedIOException("the estimator lacks a keyboard", e);
      }
    }
  }
}
