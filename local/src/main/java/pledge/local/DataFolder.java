package pledge.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a machine keeps what it remembers: for its owner's eyes, and for one machine at a time. */
final class DataFolder implements AutoCloseable {
  static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
  static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
  static final String DATABASE = "shared-local-instance.db";
  private static final byte[] SQLITE =
      "SQLite format 3\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the folder, made if it is missing.
   *
   * @throws MachineException if another machine has it, or it cannot be written
   */
  static DataFolder take(Path path) {
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, OWNER_FOLDER);
      var channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new MachineException(
            "Another run uses the data folder "
                + path
                + ": stop it, or choose another folder with --data.");
      }
      var folder = new DataFolder(path, channel);
      folder.checkDatabase();
      return folder;
    } catch (IOException e) {
      throw new MachineException("The data folder " + path + " cannot be used: " + e + ".", e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null; // this JVM has it
    }
  }

  /** DynamoDB Local hangs on a file that is no database: look first. */
  private void checkDatabase() throws IOException {
    var file = path.resolve(DATABASE);
    if (!Files.exists(file) || Files.size(file) == 0) {
      return;
    }
    try (var in = Files.newInputStream(file)) {
      if (!java.util.Arrays.equals(in.readNBytes(SQLITE.length), SQLITE)) {
        close();
        throw damaged(file, null);
      }
    }
  }

  static MachineException damaged(Path file, @Nullable Throwable cause) {
    var sentence =
        "The file "
            + file
            + " is damaged: remove the data folder to start anew, or put back a copy of it.";
    return cause == null ? new MachineException(sentence) : new MachineException(sentence, cause);
  }

  Path path() {
    return path;
  }

  Store store() {
    return new FileStore(path.resolve("state"));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // The lock goes with the process at the latest.
    }
  }
}
