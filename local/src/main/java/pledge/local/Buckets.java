package pledge.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The template's buckets, a file for each object: any number of any size, and none in memory. An
 * object's time is the machine's, by which its bucket's lifecycle removes it.
 */
public final class Buckets implements Pump.Work, AutoCloseable {
  private static final String FRESH = ".new";

  private final List<BucketDefinition> definitions;
  private final Path folder;
  private final boolean kept;
  private final InstantSource clock;
  private final AtomicInteger failures = new AtomicInteger();

  private Buckets(
      List<BucketDefinition> definitions, Path folder, boolean kept, InstantSource clock) {
    this.definitions = definitions;
    this.folder = folder;
    this.kept = kept;
    this.clock = clock;
  }

  /**
   * @param data where to keep them; if empty, they are gone when the machine is
   */
  static Buckets open(
      List<BucketDefinition> definitions, Optional<Path> data, InstantSource clock) {
    try {
      var folder =
          data.isPresent()
              ? Files.createDirectories(data.get().resolve("buckets"))
              : Files.createTempDirectory("buckets");
      for (var bucket : definitions) {
        Files.createDirectories(folder.resolve(bucket.name()));
      }
      return new Buckets(definitions, folder, data.isPresent(), clock);
    } catch (IOException e) {
      throw new MachineException("The buckets cannot be kept: " + e + ".", e);
    }
  }

  /** Has the next so many requests answered with 503, as S3 does when it is asked too much. */
  public void failNext(int requests) {
    failures.set(requests);
  }

  boolean fails() {
    return failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  /** Every object in a bucket with its size in bytes, in the order of their keys. */
  public SortedMap<String, Long> objects(String bucket) {
    var objects = new TreeMap<String, Long>();
    try (var files = Files.newDirectoryStream(folder(bucket))) {
      for (var file : files) {
        if (!file.getFileName().toString().endsWith(FRESH)) {
          objects.put(key(file), Files.size(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return objects;
  }

  /** What lies in an object; empty where there is none. */
  public Optional<byte[]> read(String bucket, String key) {
    try {
      return Optional.of(Files.readAllBytes(file(bucket, key)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts an object into its place, whole or not at all. */
  public void write(String bucket, String key, byte[] body) {
    try {
      var fresh =
          Files.createTempFile(
              folder(bucket),
              "",
              FRESH,
              PosixFilePermissions.asFileAttribute(DataFolder.OWNER_FILE));
      Files.write(fresh, body);
      Files.setLastModifiedTime(fresh, FileTime.from(clock.instant()));
      Files.move(
          fresh,
          file(bucket, key),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** To delete what is not there is no error. */
  public void delete(String bucket, String key) {
    try {
      Files.deleteIfExists(file(bucket, key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String bucket) {
    return definitions.stream().anyMatch(definition -> definition.name().equals(bucket));
  }

  /** The lifecycles: an object goes at the midnight (UTC) after its days are over. */
  @Override
  public Pump.Step step() {
    var worked = false;
    for (var bucket : definitions) {
      if (bucket.expirationDays().isPresent()) {
        var days = Duration.ofDays(bucket.expirationDays().get());
        for (var key : objects(bucket.name()).keySet()) {
          if (!clock.instant().isBefore(nextMidnight(writtenAt(bucket.name(), key).plus(days)))) {
            delete(bucket.name(), key);
            worked = true;
          }
        }
      }
    }
    return worked ? Pump.Step.WORKED : Pump.Step.IDLE;
  }

  private Instant writtenAt(String bucket, String key) {
    try {
      return Files.getLastModifiedTime(file(bucket, key)).toInstant();
    } catch (NoSuchFileException _) {
      return Instant.MAX.minus(Duration.ofDays(10_000)); // somebody deleted it meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant nextMidnight(Instant moment) {
    var midnight = moment.truncatedTo(ChronoUnit.DAYS);
    return midnight.equals(moment) ? moment : midnight.plus(Duration.ofDays(1));
  }

  private Path folder(String bucket) {
    return folder.resolve(bucket);
  }

  /** A key is any text: its slashes are no folders here. */
  private Path file(String bucket, String key) {
    return folder(bucket).resolve(URLEncoder.encode(key, StandardCharsets.UTF_8));
  }

  private static String key(Path file) {
    return URLDecoder.decode(file.getFileName().toString(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
