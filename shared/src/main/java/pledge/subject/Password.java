package pledge.subject;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A password as it was typed. It is hashed and forgotten. */
public final class Password {
  /** Code points, at least (OWASP ASVS 5.0 §6.2.1 asks for 8, and recommends 15). */
  public static final int SHORTEST = 12;

  /** Code points, at most (OWASP ASVS 5.0 §6.2.9 asks to take at least 64). */
  public static final int LONGEST = 128;

  private final String text;

  /**
   * Takes what was typed, any character, in Unicode's NFC (RFC 8265 §4.2): the same keys give the
   * same password on every keyboard.
   */
  public Password(String typed) {
    text = Nfc.of(typed);
  }

  /**
   * One that could be right, as it was typed: the shortest that is allowed may change, the longest
   * bounds our work.
   */
  public static Optional<Password> typed(String text) {
    var password = new Password(text);
    return password.length() <= LONGEST ? Optional.of(password) : Optional.empty();
  }

  /** Its length in code points. */
  public int length() {
    return text.codePointCount(0, text.length());
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  String text() {
    return text;
  }

  @Override
  public String toString() {
    return "Password[redacted]";
  }
}
