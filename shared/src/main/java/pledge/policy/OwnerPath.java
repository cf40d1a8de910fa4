package pledge.policy;

/** How one comes from a subject to every record of a category: what export and erasure walk. */
public sealed interface OwnerPath {
  /** What an auditor reads: the path in one sentence. */
  String words();

  /** In the subject's own partition of the category's table. */
  record Partition() implements OwnerPath {
    @Override
    public String words() {
      return "the subject's own partition of the table";
    }
  }

  /** In the partition of the pseudonym that the subject's account names. */
  record Pseudonym() implements OwnerPath {
    @Override
    public String words() {
      return "the partition of the pseudonym that the subject's account names";
    }
  }

  /** Under the keyed hash of a field of the subject. */
  record BlindIndex(String field) implements OwnerPath {
    @Override
    public String words() {
      return "the keyed hash of the subject's " + field;
    }
  }

  /**
   * Not to be reached from a subject, because it cannot be linked to one; allowed for a day at the
   * longest.
   */
  record Unlinked(String why) implements OwnerPath {
    @Override
    public String words() {
      return "none: " + why;
    }
  }
}
