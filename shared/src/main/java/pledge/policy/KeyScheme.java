package pledge.policy;

/** Which key the sealed fields of a category are under. */
public enum KeyScheme {
  /** It has no sealed field. */
  NONE("nothing in it needs sealing"),
  /** The subject's data key: destroyed when the subject is erased. */
  SUBJECT("personal fields are sealed under a key of your own"),
  /** Derived from the subject's data key and the epoch's: unreadable when either is destroyed. */
  SUBJECT_AND_EPOCH(
      "personal fields are sealed under a key of your own and one of the hour, day or month;"
          + " unreadable as soon as either is destroyed");

  private final String words;

  KeyScheme(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }
}
