package pledge.policy;

/** How one comes from a subject to every record of a category: what export and erasure walk. */
public sealed interface OwnerPath {
  /** What an auditor reads: the path in a few words. */
  String words();

  /** In the subject's own partition of the category's table. */
  record Partition() implements OwnerPath {
    @Override
    public String words() {
      return "the subject's own partition of the table";
    }
  }

  /** In the partition of the pseudonym that only the subject's own records name. */
  record Pseudonym() implements OwnerPath {
    @Override
    public String words() {
      return "the partition of the pseudonym that only the subject's own records name";
    }
  }

  /** Under the keyed hash of a field of the subject. */
  record BlindIndex(String field) implements OwnerPath {
    @Override
    public String words() {
      return "the keyed hash of the subject's " + field;
    }
  }

  /** Not to be reached from a subject, because it cannot be linked to one; for a day at most. */
  record Unlinked(String why) implements OwnerPath {
    @Override
    public String words() {
      return "none: " + why;
    }
  }

  /** About no person at all: no field of it is personal, so that export and erasure pass it by. */
  record Impersonal(String why) implements OwnerPath {
    @Override
    public String words() {
      return "about no person: " + why;
    }
  }
}
