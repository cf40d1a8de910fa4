package pledge.vault;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The opaque id of a person or organisation: 128 random bits, base64url. It says nothing of whom it
 * names, so it may stand in keys, queues and logs.
 */
public record SubjectId(String value) {
  /** Bytes of an id. */
  public static final int BYTES = 16;

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22}");

  /**
   * Takes an id as written by {@link #random}.
   *
   * @throws IllegalArgumentException where it is not of that form
   */
  public SubjectId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a subject's id");
    }
  }

  /** The same, of what somebody else wrote; empty where it is not of that form. */
  public static Optional<SubjectId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new SubjectId(text)) : Optional.empty();
  }

  /** A new id. */
  public static SubjectId random() {
    return new SubjectId(Secrets.text(Secrets.random(BYTES)));
  }

  @Override
  public String toString() {
    return value;
  }
}
