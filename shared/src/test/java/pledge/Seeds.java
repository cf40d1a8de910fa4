package pledge;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** What property tests draw from. A failure names its seed, so that it can be had again. */
public final class Seeds {
  private Seeds() {}

  /** One that never changes, and one that is new with each run. */
  public static LongStream both() {
    return LongStream.of(20_261_121L, System.nanoTime());
  }

  /** That many random bytes. */
  public static byte[] bytes(SplittableRandom random, int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A text of any characters that can be written, of that many code points. */
  public static String text(SplittableRandom random, int length) {
    var text = new StringBuilder();
    while (text.codePointCount(0, text.length()) < length) {
      var character =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x20, 0x7f);
            case 1 -> random.nextInt(0, 0x250);
            case 2 -> random.nextInt(0, 0x10000);
            default -> random.nextInt(0, 0x110000);
          };
      if (character < 0xd800 || character > 0xdfff) {
        text.appendCodePoint(character);
      }
    }
    return text.toString();
  }
}
