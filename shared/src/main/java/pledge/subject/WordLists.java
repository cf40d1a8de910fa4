package pledge.subject;

import com.nulabinc.zxcvbn.Zxcvbn;
import com.nulabinc.zxcvbn.matchers.Dictionary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The estimator's lists of words, as texts. Of 94,000 words a password is made of few: only those
 * whose letters are all in it are looked at, which is a tenth of the work of a table of them all.
 */
final class WordLists {
  /** Letters that the estimator reads a digit or a sign as, too. */
  private static final String DISGUISED = "abcegilostxz";

  private WordLists() {}

  /** The lists by name, each with those of its words that may be found in a password. */
  static Map<String, Dictionary> within(String password) {
    var letters = letters(password);
    var lists = HashMap.<String, Dictionary>newHashMap(Texts.ALL.size());
    Texts.ALL.forEach((name, text) -> lists.put(name, new Ranks(name, ranks(text, letters))));
    return lists;
  }

  private static BitSet letters(String password) {
    var letters = new BitSet();
    for (var i = 0; i < password.length(); i++) {
      letters.set(Character.toLowerCase(password.charAt(i)));
    }
    DISGUISED.chars().forEach(letters::set);
    // A password may hold one; between words it is no letter.
    letters.clear('\n');
    return letters;
  }

  /**
   * Each word's place in a list of a word a line, counted from 1, where its letters are all there.
   */
  private static Map<String, Integer> ranks(String text, BitSet letters) {
    var ranks = new HashMap<String, Integer>();
    var rank = 1;
    var start = 0;
    while (start < text.length()) {
      var end = start;
      while (end < text.length() && letters.get(text.charAt(end))) {
        end++;
      }
      if (end == text.length() || text.charAt(end) == '\n') {
        ranks.put(text.substring(start, end), rank);
      } else {
        end = text.indexOf('\n', end);
      }
      start = end < 0 ? text.length() : end + 1;
      rank++;
    }
    return ranks;
  }

  /** Read when the first password comes, not before. */
  private static final class Texts {
    private static final Map<String, String> ALL = new HashMap<>();

    static {
      for (var name :
          List.of(
              "passwords",
              "english_wikipedia",
              "us_tv_and_film",
              "surnames",
              "male_names",
              "female_names")) {
        ALL.put(name, read(name));
      }
    }

    private static String read(String name) {
      var file = "matchers/dictionaries/" + name + ".txt";
      try (var stream = Zxcvbn.class.getResourceAsStream(file)) {
        return new String(
            Objects.requireNonNull(stream, file).readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(file, e);
      }
    }
  }

  /** A list that is a table already. */
  private static final class Ranks extends Dictionary {
    private final Map<String, Integer> ranks;

    Ranks(String name, Map<String, Integer> ranks) {
      super(name, List.of());
      this.ranks = ranks;
    }

    @Override
    public Map<String, Integer> getRankedDictionary() {
      return ranks;
    }
  }
}
