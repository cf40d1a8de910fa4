package pledge.policy;

import java.util.Set;

/**
 * One field of a category.
 *
 * @param name as stored, exported and named in the JSON Schema; camelCase
 * @param protection whether it is sealed; clear only what is no personal data or must be compared
 *     by the database
 * @param words what it is, for the person it is about
 * @param seenBy the processors that are sent it
 * @param correctable whether the person can correct it (GDPR Art. 16)
 * @param secret whether it opens something, or helps to: in no export, and by no look of staff
 *     (GDPR Art. 32)
 */
public record Field(
    String name,
    Type type,
    Protection protection,
    String words,
    Set<Processor> seenBy,
    boolean correctable,
    boolean secret) {

  /** How a value is written. Times are ISO-8601 in exports and epoch milliseconds at rest. */
  public enum Type {
    TEXT,
    INSTANT,
    NUMBER,
    FLAG,
    BYTES
  }

  /** What a value looks like at rest. */
  public enum Protection {
    /** Encrypted under the subject's or the epoch's key, bound to its place. */
    SEALED,
    /** Readable to whoever reads the table (which is itself encrypted under our KMS key). */
    CLEAR
  }

  /**
   * A sealed field that no processor sees and nobody corrects, to be refined by the other methods.
   */
  public static Field sealed(String name, Type type, String words) {
    return new Field(name, type, Protection.SEALED, words, Set.of(), false, false);
  }

  /** A clear field, to be refined by the other methods. */
  public static Field clear(String name, Type type, String words) {
    return new Field(name, type, Protection.CLEAR, words, Set.of(), false, false);
  }

  /** The same field, sent to these processors. */
  public Field seenBy(Processor... processors) {
    return new Field(name, type, protection, words, Set.of(processors), correctable, secret);
  }

  /** The same field, correctable by the person. */
  public Field thatCanBeCorrected() {
    return new Field(name, type, protection, words, seenBy, true, secret);
  }

  /** The same field, in no export, and by no look of staff. */
  public Field thatIsSecret() {
    return new Field(name, type, protection, words, seenBy, correctable, true);
  }
}
