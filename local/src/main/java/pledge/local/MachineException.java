package pledge.local;

/** Something that the person at the keyboard can put right; the message is one whole sentence. */
public final class MachineException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A sentence that says what is wrong and what to do. */
  public MachineException(String sentence) {
    super(sentence);
  }

  /** The same, with what led to it. */
  public MachineException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
