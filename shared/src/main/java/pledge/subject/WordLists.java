package pledge.subject;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nulabinc.zxcvbn.Zxcvbn;
import com.nulabinc.zxcvbn.matchers.Dictionary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The estimator's lists of words, as texts. Of 94,000 words a password is made of few: only those
 * whose letters are all in it are looked at, which is a tenth of the work of a table of them all.
 */
final class WordLists {
  /** Letters, each with the digits and signs that the estimator reads as one, too. */
  private static final List<String> DISGUISES =
      List.of("a4@", "b8", "c({[<", "e3", "g69", "i1!|", "l1|7", "o0", "s$5", "t+7", "x%", "z2");

  private WordLists() {}

  /** The lists by name, each with those of its words that may be found in a password. */
  static Map<String, Dictionary> within(String password) {
    var letters = letters(password);
    var lists = HashMap.<String, Dictionary>newHashMap(Texts.ALL.size());
    Texts.ALL.forEach((name, text) -> lists.put(name, new Ranks(name, ranks(text, letters))));
    return lists;
  }

  /** The bytes of its letters, and of those that they may stand for. */
  private static boolean[] letters(String password) {
    var letters = new boolean[256];
    for (var letter : password.toLowerCase(Locale.ROOT).getBytes(UTF_8)) {
      letters[letter & 0xff] = true;
    }
    for (var disguise : DISGUISES) {
      for (var sign = 1; sign < disguise.length(); sign++) {
        letters[disguise.charAt(0)] |= letters[disguise.charAt(sign)];
      }
    }
    // A password may hold one; between words it is no letter.
    letters['\n'] = false;
    return letters;
  }

  /**
   * Each word's place in a list of a word a line, counted from 1, where its letters are all there.
   */
  private static Map<String, Integer> ranks(byte[] text, boolean[] letters) {
    var ranks = new HashMap<String, Integer>();
    var rank = 1;
    for (var start = 0; start < text.length; rank++) {
      var end = start;
      while (end < text.length && letters[text[end] & 0xff]) {
        end++;
      }
      if (end == text.length || text[end] == '\n') {
        ranks.put(new String(text, start, end - start, UTF_8), rank);
      }
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      start = end + 1;
    }
    return ranks;
  }

  /** Read when the first password comes, not before. */
  private static final class Texts {
    private static final Map<String, byte[]> ALL = new HashMap<>();

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

    private static byte[] read(String name) {
      var file = "matchers/dictionaries/" + name + ".txt";
      try (var stream = Zxcvbn.class.getResourceAsStream(file)) {
        return Objects.requireNonNull(stream, file).readAllBytes();
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
