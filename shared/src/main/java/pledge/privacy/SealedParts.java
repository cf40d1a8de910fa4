package pledge.privacy;

import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import pledge.store.Files;
import pledge.vault.FileKey;

/**
 * Seals what is written to it part by part, and puts each part into the bucket: of any number of
 * bytes, one part is in memory.
 */
final class SealedParts extends OutputStream {
  /** What a function can answer at once (6 MB), in base64 and with room for its headers. */
  static final int PART_BYTES = 4 * 1024 * 1024;

  private final Files files;
  private final String partition;
  private final String id;
  private final FileKey key = FileKey.random();
  private final MessageDigest sha256 = sha256();
  private final byte[] buffer = new byte[PART_BYTES];
  private int filled;
  private long parts;
  private long size;
  private boolean ended;

  SealedParts(Files files, String partition, String id) {
    this.files = files;
    this.partition = partition;
    this.id = id;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int start, int length) {
    if (ended) {
      throw new IllegalStateException("the file is complete, or given up");
    }
    sha256.update(bytes, start, length);
    size += length;
    for (var done = 0; done < length; ) {
      var fits = Math.min(length - done, PART_BYTES - filled);
      System.arraycopy(bytes, start + done, buffer, filled, fits);
      filled += fits;
      done += fits;
      if (filled == PART_BYTES) {
        put();
      }
    }
  }

  /** Puts the last part, and says what there is. */
  synchronized ExportFile.Ready end(Instant now) {
    if (filled > 0) {
      put();
    }
    ended = true;
    return new ExportFile.Ready(key, sha256.digest(), size, parts, now);
  }

  /** Takes nothing more: a processor may be writing still that was given up. */
  synchronized void giveUp() {
    ended = true;
  }

  private void put() {
    parts++;
    var part = filled == PART_BYTES ? buffer : Arrays.copyOf(buffer, filled);
    files.put(ExportFile.object(id, parts), key.seal(ExportFile.place(partition, id, parts), part));
    filled = 0;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
