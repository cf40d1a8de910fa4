package pledge.processor;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where assistants run, each from a script of its own with a storage of its own; both bear the
 * script's name, which says nothing of anybody.
 *
 * <p>Every method throws {@link pledge.vault.UnavailableException} where the host does not answer
 * for now, with {@link NoAnswerException} as its cause where what was asked may still be done
 * later; and {@link RefusedException} where it says no. What was asked can be asked again.
 */
public interface AssistantHost {
  /**
   * The number of the storage of that name, made where there is none.
   *
   * @param script lower-case letters and digits
   */
  String storage(String script);

  /** Puts a script into its place, anew or in place of what was there. */
  void deploy(Deployment deployment, Program program);

  /** What stands there; empty where there is no such script. */
  Optional<Deployed> find(String script);

  /**
   * Deletes the script of that name, if it is there, and looks again; its storage stays.
   *
   * @return whether it is gone
   */
  boolean withdraw(String script);

  /**
   * Deletes the storage and the script of that name, if they are there, and looks again.
   *
   * @return whether both are gone
   */
  boolean remove(String script);

  /**
   * Has an assistant hand over all that it stores, one JSON object a line.
   *
   * @return false where there is no such assistant, and nothing is written
   */
  boolean export(String script, String token, OutputStream into) throws IOException;

  /** Where an assistant can be reached. */
  String url(String script);

  /**
   * What every assistant runs.
   *
   * @param module JavaScript
   * @param version tells this module from others
   * @param modelUrl whom it asks for replies
   */
  record Program(String module, String version, String modelUrl) {}

  /**
   * What one assistant is given.
   *
   * @param storage its number
   * @param settings the id of its configuration as it is
   * @param configuration a JSON object, 5,000 bytes at most
   */
  record Deployment(
      String script,
      String storage,
      String settings,
      boolean suspended,
      String configuration,
      String token,
      String secret) {

    /** What tells it from an earlier one, secrets aside: nobody is shown those again. */
    public Set<String> tags(Program program) {
      return Set.of("pledge", settings, program.version());
    }

    /** Whether that is it. */
    public boolean is(Deployed deployed, Program program) {
      return deployed.storage().equals(Optional.of(storage))
          && deployed.suspended() == suspended
          && deployed.tags().equals(tags(program));
    }

    @Override
    public String toString() {
      return "Deployment[redacted]";
    }
  }

  /** What stands at the host. */
  record Deployed(Optional<String> storage, boolean suspended, Set<String> tags) {}

  /** It said no: somebody of ours has to see to it. */
  final class RefusedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * In numbers, which name nobody.
     *
     * @param codes the host's own
     */
    public RefusedException(String host, int status, List<Integer> codes) {
      super(host + " refused with " + status + " " + codes);
    }

    /** What it said, in words that name nobody. */
    public String why() {
      return String.valueOf(getMessage());
    }
  }

  /** Nothing came back: what was asked may be done, or not, or not yet. */
  final class NoAnswerException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    public NoAnswerException(IOException cause) {
      super("no answer: " + cause.getClass().getSimpleName());
    }
  }
}
