package pledge.http;

/** What a character does to the text that it stands in. */
public final class Characters {
  private Characters() {}

  /**
   * Whether it is a control character, a line or paragraph separator, or one of the marks that turn
   * the direction of writing (UAX #9).
   */
  public static boolean breaksOrTurnsLines(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    };
  }
}
