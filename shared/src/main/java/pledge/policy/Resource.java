package pledge.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Texts that lie beside this package on the class path. */
final class Resource {
  private Resource() {}

  /**
   * The whole text.
   *
   * @param name relative to this package
   */
  static String text(String name) {
    try (var stream = Resource.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("not in the archive: pledge/policy/" + name);
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
