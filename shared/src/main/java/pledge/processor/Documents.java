package pledge.processor;

import java.io.IOException;
import java.io.OutputStream;

/** Where a processor's part of a copy goes, one document after the other. */
public interface Documents {
  /**
   * Begins a document, and ends the one before it.
   *
   * @param name of the file, such as {@code invoices.json}; letters, digits, points and dashes
   * @return what the document's bytes are written to; not to be closed
   * @throws IllegalArgumentException where the name is none
   */
  OutputStream begin(String name) throws IOException;
}
