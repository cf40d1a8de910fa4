package pledge.policy;

/** Which key the sealed fields of a category are under. */
public enum KeyScheme {
  /** It has no sealed field. */
  NONE("nothing to seal"),
  /** The subject's data key: destroyed when the subject is erased. */
  SUBJECT("sealed under a key of the person's own"),
  /** Derived from the subject's data key and the epoch's: unreadable when either is destroyed. */
  SUBJECT_AND_EPOCH(
      "sealed under a key of the person's own and one of the hour, day or month; unreadable as soon"
          + " as either is destroyed");

  private final String words;

  KeyScheme(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }
}
