package pledge.vault;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one file that lies in parts where any number of bytes can: each part is sealed for its
 * place, so that none can be left out, doubled or moved to another file. Whoever has the key has
 * the file: it is kept sealed.
 */
public final class FileKey {
  private static final int KEY_BYTES = 32;

  private final byte[] bytes;
  private final SecretKey key;

  private FileKey(byte[] bytes) {
    this.bytes = bytes.clone();
    this.key = new SecretKeySpec(bytes, "AES");
  }

  /** A new one. */
  public static FileKey random() {
    return new FileKey(Secrets.random(KEY_BYTES));
  }

  /** The one that was kept. */
  public static FileKey of(byte[] bytes) {
    return new FileKey(bytes);
  }

  /** As it is kept. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Seals a part for its place. */
  public byte[] seal(Place part, byte[] plaintext) {
    return Sealing.seal(key, part, plaintext);
  }

  /**
   * Opens a part.
   *
   * @throws DoesNotOpenException where it is of another file or place, or altered
   */
  public byte[] open(Place part, byte[] sealed) {
    return Sealing.open(key, part, sealed);
  }

  @Override
  public String toString() {
    return "FileKey[redacted]";
  }
}
