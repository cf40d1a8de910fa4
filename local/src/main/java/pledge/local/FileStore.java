package pledge.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One JSON file for each thing to remember, put in place by a rename: killed at any moment, it is
 * old or new.
 */
final class FileStore implements Store {
  private static final String SUFFIX = ".json";

  private final Path folder;

  FileStore(Path folder) {
    this.folder = folder;
  }

  @Override
  public void put(String kind, String id, JsonNode value) {
    try {
      var directory = Files.createDirectories(folder.resolve(kind));
      // Created for the owner alone: keys are among what is kept here.
      var fresh =
          Files.createTempFile(
              directory, id, ".new", PosixFilePermissions.asFileAttribute(DataFolder.OWNER_FILE));
      Files.write(fresh, Json.bytes(value));
      Files.move(
          fresh,
          directory.resolve(id + SUFFIX),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void remove(String kind, String id) {
    try {
      Files.deleteIfExists(folder.resolve(kind).resolve(id + SUFFIX));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public SortedMap<String, JsonNode> all(String kind) {
    var found = new TreeMap<String, JsonNode>();
    var directory = folder.resolve(kind);
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (var files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (var file : files) {
        var name = file.getFileName().toString();
        found.put(name.substring(0, name.length() - SUFFIX.length()), read(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static JsonNode read(Path file) throws IOException {
    try {
      var value = Json.parse(Files.readAllBytes(file));
      if (!value.isObject()) {
        throw new IllegalArgumentException("nothing is in it");
      }
      return value;
    } catch (IllegalArgumentException e) {
      throw DataFolder.damaged(file, e);
    }
  }
}
