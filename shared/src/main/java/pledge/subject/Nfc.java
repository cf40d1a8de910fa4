package pledge.subject;

import java.text.Normalizer;

/** Texts in Unicode's normal form C (UAX #15). */
final class Nfc {
  private Nfc() {}

  /** The text in that form. One in ASCII is already, and spares a start the tables. */
  static String of(String text) {
    return isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  static boolean isAscii(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return false;
      }
    }
    return true;
  }
}
