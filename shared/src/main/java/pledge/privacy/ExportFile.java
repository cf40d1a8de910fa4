package pledge.privacy;

import java.time.Instant;
import java.util.Optional;
import pledge.policy.Category;
import pledge.store.Fields;
import pledge.store.Files;
import pledge.store.Found;
import pledge.store.Kind;
import pledge.vault.FileKey;
import pledge.vault.Place;
import pledge.vault.SubjectId;

/**
 * A person's copy, and where it lies: sealed parts under its id in the bucket. The record is there
 * before the first part is, so that whoever walks the partition finds all of it.
 *
 * @param ready empty while it is being written, and where the record was read without being opened
 */
public record ExportFile(Optional<Ready> ready) {
  static final Kind<ExportFile> KIND =
      new Kind<>(Category.EXPORT, "FILE", 1, ExportFile::write, ExportFile::read);

  /**
   * A copy that is complete.
   *
   * @param sha256 of the ZIP, 32 bytes
   * @param size of the ZIP in bytes
   * @param parts how many there are, each but the last of {@link SealedParts#PART_BYTES}
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares files
  public record Ready(FileKey key, byte[] sha256, long size, long parts, Instant at) {}

  /** Nothing of it is written yet. */
  static ExportFile begun() {
    return new ExportFile(Optional.empty());
  }

  /** What every object of it begins with. */
  static String prefix(String id) {
    return id + "/";
  }

  /**
   * The object of a part.
   *
   * @param part counted from 1
   */
  static String object(String id, long part) {
    return prefix(id) + part;
  }

  /**
   * A part of a copy that is complete, opened; empty where an erasure had the file deleted before
   * its record.
   *
   * @throws pledge.vault.DoesNotOpenException where it was altered
   */
  public static Optional<byte[]> open(
      Found<ExportFile> found, SubjectId person, long part, Files files) {
    var id = found.ref().id();
    var key = found.value().ready().orElseThrow().key();
    return files
        .get(object(id, part))
        .map(bytes -> key.open(place(person.value(), id, part), bytes));
  }

  /** What a part is sealed for. */
  static Place place(String partition, String id, long part) {
    var ref = KIND.in(partition, id);
    return new Place(
        Category.EXPORT.table(), partition, ref.sort() + "#" + part, KIND.schemaVersion());
  }

  private Fields write() {
    var fields = new Fields(Category.EXPORT);
    ready.ifPresent(
        it ->
            fields
                .bytes("key", it.key.bytes())
                .bytes("hash", it.sha256)
                .number("size", it.size)
                .number("parts", it.parts)
                .instant("readyAt", it.at));
    return fields;
  }

  private static ExportFile read(Fields fields) {
    return new ExportFile(
        fields
            .optionalInstant("readyAt")
            .map(
                at ->
                    new Ready(
                        FileKey.of(fields.bytes("key")),
                        fields.bytes("hash"),
                        fields.number("size"),
                        fields.number("parts"),
                        at)));
  }
}
