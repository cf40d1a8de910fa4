package pledge.privacy;

import java.util.Optional;

/**
 * What a person is told when their erasure begins: where the receipt will be, and what the law
 * keeps for now.
 *
 * @param receipt the receipt's id
 * @param held empty where nothing is held, or the law forbids us to tell
 */
public record ErasureNotice(String receipt, Optional<HoldNotice> held) {
  private static final String BETWEEN = "#";

  /** What {@link #values} wrote. */
  public static ErasureNotice of(String values) {
    var parts = values.split(BETWEEN, 2);
    return new ErasureNotice(
        parts[0], parts.length < 2 ? Optional.empty() : Optional.of(HoldNotice.of(parts[1])));
  }

  /** As one text, to be kept until it is sent. */
  public String values() {
    return held.map(hold -> receipt + BETWEEN + hold.values()).orElse(receipt);
  }
}
