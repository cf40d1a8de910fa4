package pledge.http;

import java.util.Optional;

/** What a character does to the text that it stands in. */
public final class Characters {
  private Characters() {}

  /**
   * A text of several lines at most, without blanks at its ends: 1 to so many characters, each of
   * which can be seen for what it is.
   */
  public static Optional<String> legible(String text, int longest) {
    var stripped = text.strip();
    var length = stripped.codePointCount(0, stripped.length());
    return length >= 1
            && length <= longest
            && stripped.codePoints().noneMatch(c -> c != '\n' && breaksOrTurnsLines(c))
        ? Optional.of(stripped)
        : Optional.empty();
  }

  /**
   * Whether it is a control character, a line or paragraph separator, one of the marks that turn
   * the direction of writing (UAX #9), or one that nobody sees: with them a text looks like
   * another, or like none. Joiners (U+200C, U+200D) stay, because names are written with them.
   */
  public static boolean breaksOrTurnsLines(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> turnsLines(c) || isUnseen(c);
    };
  }

  private static boolean turnsLines(int c) {
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E);
  }

  /** Of the default ignorable code points (UAX #44) those that take no part in writing a name. */
  private static boolean isUnseen(int c) {
    return switch (c) {
      // The soft hyphen, the fillers of Hangul, of which three are letters, and empty separators.
      case 0x00AD, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x180E, 0x200B, 0xFEFF -> true;
      default -> c >= 0x2060 && c <= 0x206F;
    };
  }
}
