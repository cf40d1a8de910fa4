package pledge.policy;

import java.time.Duration;

/** What becomes of a category when its subject is erased (GDPR Art. 17). */
public sealed interface AtErasure {
  /** From a person's request to the first deletion: they can take it back until then. */
  Duration CHANGE_OF_MIND = Duration.ofDays(14);

  /** What the person is told. */
  String words();

  /** Its records are deleted and their key is destroyed. */
  record Erased() implements AtErasure {
    @Override
    public String words() {
      return "erased";
    }
  }

  /** Its records stay until their period ends, without any personal field. */
  record Kept(String why) implements AtErasure {
    @Override
    public String words() {
      return "kept: " + why;
    }
  }
}
