package pledge.vault;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import pledge.policy.Table;

/**
 * Where a ciphertext lies. It is the associated data of its sealing, so that a ciphertext moved
 * elsewhere does not open. The table is named by its id and not by its deployed name: a restored
 * copy of a table must open.
 */
public record Place(Table table, String partition, String sort, int schemaVersion) {
  byte[] associatedData() {
    var bytes = new ByteArrayOutputStream(96);
    // writeUTF puts each text's length before it: no two places have the same bytes.
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF(table.id());
      out.writeUTF(partition);
      out.writeUTF(sort);
      out.writeInt(schemaVersion);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
