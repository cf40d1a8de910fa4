package pledge.policy;

/** What becomes of a category when its subject is erased (GDPR Art. 17). */
public sealed interface AtErasure {
  /** Its records are deleted and their key is destroyed. */
  record Erased() implements AtErasure {}

  /** Its records stay until their period ends, without any personal field. */
  record Kept(String why) implements AtErasure {}
}
